// The intake's cards save themselves one after the other, and a pain drawing is made by touch.
import "./body.js";
import { post, savesItself, toast } from "./saving.js";

const page = document.querySelector(".intake");
const NOT_STATED = new Set(["csrf", "entry", "card", "visit", "quality", "place"]);

for (const form of document.querySelectorAll("form[data-fills]")) {
  const needs = form.querySelector("[data-needs]")?.dataset.needs;
  const stated = (fields) => new URLSearchParams([...fields].filter(([name]) => !NOT_STATED.has(name))).toString();
  savesItself(form, {
    stated: () => stated(new FormData(form)),
    // A remark without its answer waits for it.
    ready: () => !needs || form.elements.entry.value || form.elements[needs].value,
    saved: (told, sent) => {
      form.elements.entry.value = told.entry;
      if (form.id === "new") isNewNoMore(form, told.entry);
      nameMarks(form, told.marks);
      if (told.undo) {
        toast(page.dataset.changed, { word: page.dataset.undo, run: () => takeBack(told.undo) });
      }
      for (const [name, value] of Object.entries(told.values)) {
        if (form.elements[name].value === sent.get(name)) form.elements[name].value = value;
        sent.set(name, value);
      }
      return stated(sent);
    },
  });
}

// Once it is noted down, loading the page again asks for no other one.
function isNewNoMore(form, entry) {
  form.querySelector("[data-first]").closest("p").remove();
  form.id = `complaint-${entry}`;
  const here = new URL(location);
  here.searchParams.delete("add");
  here.hash = form.id;
  history.replaceState(null, "", here);
}

async function takeBack(entry) {
  try {
    await post(`/clients/${page.dataset.client}/intake/undo`, { entry });
    location.reload();
  } catch (error) {
    toast(error.message);
  }
}

// The pain drawing: the list is what is saved, the map shows the same marks.
const SVG = "http://www.w3.org/2000/svg";
const shapeOf = (form, quality) =>
  form.querySelector(`input[name=quality][value=${quality}] + span path`).getAttribute("d");
const touched = (form) => form.dispatchEvent(new Event("change"));

function glyph(form, quality, ...classes) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("class", classes.join(" "));
  path.setAttribute("d", shapeOf(form, quality));
  return path;
}

function showMarks(form, marks) {
  const list = form.querySelector(".marks-list");
  list.replaceChildren(...marks.map(([value, words]) => item(form, list, value, words)));
  if (!marks.length) {
    const none = document.createElement("li");
    none.className = "none muted";
    none.textContent = list.dataset.none;
    list.append(none);
  }
  form.querySelector("[data-count]").textContent = marks.length ? `(${marks.length})` : "";
  for (const map of form.querySelectorAll("svg[data-body]")) {
    map.querySelector(".marks").replaceChildren(...marks
      .map(([value]) => value.split(","))
      .filter(([view]) => view === map.dataset.body)
      .map(([, x, y, quality]) => {
        const mark = document.createElementNS(SVG, "g");
        mark.setAttribute("transform", `translate(${x} ${y})`);
        mark.append(glyph(form, quality, "halo"), glyph(form, quality, quality));
        return mark;
      }));
  }
}

/** Say where the marks lie, as the answer tells it. */
function nameMarks(form, marks) {
  const words = new Map(marks);
  for (const line of form.querySelectorAll(".marks-list li:not(.none)")) {
    const told = words.get(line.querySelector("input").value);
    if (!told) continue;
    line.querySelector("span").textContent = told;
    line.querySelector("button").setAttribute("aria-label", `${line.parentElement.dataset.remove}: ${told}`);
  }
}

function item(form, list, value, words) {
  const line = document.createElement("li");
  const input = Object.assign(document.createElement("input"), { type: "hidden", name: "mark", value });
  const sign = document.createElementNS(SVG, "svg");
  const quality = value.split(",")[3];
  for (const [name, said] of [["class", "quality-sign"], ["viewBox", "-3 -3 6 6"], ["aria-hidden", "true"]]) sign.setAttribute(name, said);
  sign.append(glyph(form, quality, quality));
  const told = document.createElement("span");
  told.textContent = words;
  const remove = Object.assign(document.createElement("button"), { name: "remove", textContent: list.dataset.remove });
  remove.setAttribute("aria-label", `${list.dataset.remove}: ${words}`);
  line.append(input, sign, told, remove);
  return line;
}

const marksOf = (form) => [...form.querySelectorAll(".marks-list li:not(.none)")].map(
  (line) => [line.querySelector("input").value, line.querySelector("span").textContent],
);

for (const form of document.querySelectorAll("form.complaint")) {
  const add = (view, x, y) => {
    const quality = new FormData(form).get("quality");
    showMarks(form, [...marksOf(form), [`${view},${x},${y},${quality}`, ""]]);
    touched(form);
  };
  form.addEventListener("place", (event) => add(event.detail.view, event.detail.x, event.detail.y));
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=remove], button[name=add]");
    if (!button) return;
    event.preventDefault();
    if (button.name === "add") {
      const key = form.elements.place.value;
      const shape = form.querySelector(`use[href="#${key}"].place`);
      if (shape) add(key.split("-")[0], shape.dataset.x, shape.dataset.y);
      else form.elements.place.focus();
      return;
    }
    const list = form.querySelector(".marks-list");
    const at = [...list.children].indexOf(button.closest("li"));
    showMarks(form, marksOf(form).filter((_, i) => i !== at));
    (list.querySelectorAll("button")[Math.min(at, list.children.length - 1)] ?? form.elements.place).focus();
    touched(form);
  });
}
