// What is ticked in the list is ticked on the body, and the other way round: the boxes are the one truth.
import "./body.js";
import { savesItself } from "./saving.js";

const form = document.querySelector("form[data-picks]");
const boxes = new Map([...form.querySelectorAll("input[type=checkbox][name=site]")].map((box) => [box.value, box]));
const shapes = [...form.querySelectorAll(".place")];
const sitesOf = (shape) => shape.dataset.sites.trim().split(" ");

function show() {
  for (const shape of shapes) {
    const ticked = sitesOf(shape).some((site) => boxes.get(site)?.checked);
    shape.setAttribute("aria-checked", String(ticked));
  }
}

function showSaved(told, fields) {
  const kept = new Set(told.sites), sent = new Set(fields.getAll("site"));
  for (const site of told.sites) if (!sent.has(site) && boxes.has(site)) boxes.get(site).checked = true;
  form.querySelector("[data-before]").replaceChildren(...told.sites.map(
    (value) => Object.assign(document.createElement("input"), { type: "hidden", name: "before", value }),
  ));
  form.querySelector("[data-count]").textContent = told.count;
  form.querySelector("[data-minutes]").textContent = told.minutes;
  for (const button of form.querySelectorAll("[name=take]")) button.hidden = told.count > 0;
  show();
  return [...boxes.keys()].filter((site) => kept.has(site)).join();
}

savesItself(form, {
  stated: () => [...boxes].filter(([, box]) => box.checked).map(([site]) => site).join(),
  saved: showSaved,
});
form.addEventListener("change", show);

// Under one shape several muscles may lie: the first is ticked by the tap, the others are offered.
const under = form.querySelector("[data-under]");

function tick(site) {
  const box = boxes.get(site);
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

form.addEventListener("place", (event) => {
  const shape = event.detail.shape;
  if (!shape) return;
  const [first, ...others] = sitesOf(shape).filter((site) => boxes.has(site));
  if (!first) return;
  tick(first);
  tellUnder(first, others);
});

function tellUnder(first, others) {
  const box = boxes.get(first);
  const parts = [`${box.getAttribute("aria-label")}: ${box.checked ? under.dataset.ticked : under.dataset.unticked}. `];
  if (others.length) parts.push(`${under.dataset.also} `);
  for (const site of others) {
    const button = document.createElement("button");
    button.type = "button";
    const word = () => { button.textContent = `${boxes.get(site).checked ? "✓ " : ""}${boxes.get(site).getAttribute("aria-label")}`; };
    word();
    button.addEventListener("click", () => { tick(site); word(); });
    parts.push(button, " ");
  }
  under.replaceChildren(...parts);
}
