// Validate each FHIR R4 file that is named; print what was found as JSON, one list for each file.
const fs = require("node:fs");
const { Fhir } = require("fhir");

const fhir = new Fhir();
const found = process.argv.slice(2).map((path) => {
  const bundle = JSON.parse(fs.readFileSync(path, "utf8"));
  return fhir.validate(bundle, { errorOnUnexpected: true }).messages;
});
process.stdout.write(JSON.stringify(found));
