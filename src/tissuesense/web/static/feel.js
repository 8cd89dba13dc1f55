// What is felt is saved as it is touched; N and P walk from site to site.
import { post, tellProblem, toast } from "./app.js";

const PAUSE_MS = 350; // walking over a scale with the arrow keys is one change

for (const form of document.querySelectorAll("form[data-feels]")) {
  form.querySelector("[data-without-script]").hidden = true;
  const note = form.querySelector("[data-saved]");
  let before = stated(form);
  let waiting;
  const save = async (quiet) => {
    clearTimeout(waiting);
    waiting = undefined;
    const now = stated(form);
    if (now === before) return;
    const last = before;
    before = now;
    try {
      const told = await post(form.action, new URLSearchParams(now));
      form.querySelector(".problem")?.remove();
      note.textContent = form.dataset.feels;
      document.querySelector(`[data-felt="${form.dataset.key}"]`).hidden = false;
      if (!quiet) toast(form.dataset.feels, { word: form.dataset.undo, run: () => { fill(form, last); save(true); } });
      return told;
    } catch (error) {
      before = last;
      tellProblem(form, error.message);
    }
  };
  form.addEventListener("change", () => { clearTimeout(waiting); waiting = setTimeout(save, PAUSE_MS); });
  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
  addEventListener("pagehide", () => {
    if (waiting) navigator.sendBeacon(form.action, new URLSearchParams(stated(form)));
  });
}

function stated(form) {
  return new URLSearchParams(new FormData(form)).toString();
}

function fill(form, text) {
  const values = new URLSearchParams(text);
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
  (next.querySelector("input:checked[type=radio]") ?? next.querySelector("input[type=radio]")).focus();
  event.preventDefault();
});
