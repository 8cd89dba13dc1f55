// What is felt is saved as it is touched and can be taken back; N and P walk from site to site.
import { savesItself, toast } from "./saving.js";

for (const form of document.querySelectorAll("form[data-feels]")) {
  const stated = () => new URLSearchParams(new FormData(form)).toString();
  let kept = stated();
  let takingBack = false;
  savesItself(form, {
    stated,
    saved: (_told, fields) => {
      const before = kept;
      kept = fields.toString();
      form.querySelector("[data-saved]").textContent = form.dataset.feels;
      document.querySelector(`[data-felt="${form.dataset.key}"]`).hidden = false;
      if (!takingBack) {
        toast(form.dataset.feels, { word: form.dataset.undo, run: () => takeBack(before) });
      }
      takingBack = false;
    },
  });

  function takeBack(before) {
    takingBack = true;
    fill(form, new URLSearchParams(before));
    form.dispatchEvent(new Event("change"));
  }
}

function fill(form, values) {
  for (const field of form.elements) {
    if (field.type === "radio") field.checked = values.get(field.name) === field.value;
    else if (field.name && field.type !== "hidden") field.value = values.get(field.name) ?? "";
  }
}

const sites = [...document.querySelectorAll(".site")];

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { n: 1, N: 1, p: -1, P: -1 }[event.key];
  if (!step || !sites.length) return;
  const here = sites.findIndex((site) => site.contains(document.activeElement));
  const next = sites[Math.min(Math.max(here + step, 0), sites.length - 1)];
  next.scrollIntoView({ block: "start" });
  const grades = next.querySelector(".felt");
  (grades.querySelector("input:checked[type=radio]") ?? grades.querySelector("input[type=radio]")).focus();
  event.preventDefault();
});
