// What every page has: toasts with undo, fields that save themselves, the gauge's line in the frame.

const csrf = document.body.dataset.csrf;

/** Say something quietly; `undo` is {word, run} and stays for ten seconds. */
export function toast(words, undo) {
  const box = document.createElement("p");
  box.className = "toast";
  box.append(words);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = undo.word;
    button.addEventListener("click", () => { box.remove(); undo.run(); });
    box.append(button);
  }
  document.getElementById("toasts").replaceChildren(box);
  setTimeout(() => box.remove(), undo ? 10_000 : 4_000);
}

/** Send a form's fields or an object; give the answer's JSON, or throw the sentence that it holds. */
export async function post(url, fields) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  const answer = await fetch(url, {
    method: "POST", body, headers: { "x-csrf": csrf, accept: "application/json" },
    credentials: "same-origin",
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error([told.error?.message, told.error?.hint].filter(Boolean).join(" ")
    || answer.statusText);
  return told;
}

// A form with data-saves sends itself as it is touched; without script it has its button.
for (const form of document.querySelectorAll("form[data-saves]")) {
  form.querySelector("[data-without-script]")?.setAttribute("hidden", "");
  let waiting, before = Promise.resolve();
  // One after the other: what was touched last is what stands.
  const save = () => { before = before.then(send); };
  const send = async () => {
    const note = form.querySelector("[data-saved]");
    try {
      const told = await post(form.action, new FormData(form));
      if (note) note.textContent = told.said ?? form.dataset.saves;
      form.querySelector(".problem")?.remove();
      form.dispatchEvent(new CustomEvent("saved", { detail: told, bubbles: true }));
    } catch (error) {
      tellProblem(form, error.message);
    }
  };
  form.addEventListener("change", () => { clearTimeout(waiting); waiting = setTimeout(save, 50); });
  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
}

export function tellProblem(form, words) {
  let box = form.querySelector(".problem");
  if (!box) {
    box = document.createElement("div");
    box.className = "problem";
    box.setAttribute("role", "alert");
    form.prepend(box);
  }
  box.textContent = words;
}

// An open menu closes with Escape and with a tap beside it.
for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
  });
}

// A button with data-sure asks in its own words before anything goes.
document.addEventListener("submit", (event) => {
  const words = event.submitter?.dataset.sure;
  if (words && !confirm(words)) event.preventDefault();
});
