// Another language shows as soon as it is chosen.
const form = document.querySelector('form[action="/settings/computer"]');
let language = form?.elements.language.value;
form?.addEventListener("saved", () => {
  if (form.elements.language.value !== language) location.reload();
});
