// A form that saves itself: one request after the other, nothing lost when somebody leaves.

import { post, tellProblem, toast } from "./app.js";
export { post, toast };

const TOUCHED_MS = 50, TYPED_MS = 700;

/**
 * Save a form as it is touched.
 * `stated` gives what it says as text, `ready` whether that can be saved yet. `saved` is told the answer
 * and what was sent, and gives what is kept now where that is not what was sent; what was touched meanwhile stays.
 */
export function savesItself(form, { stated, ready = () => true, saved = () => {} }) {
  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
  const note = form.querySelector("[data-saved]");
  let kept = stated(), waiting, running = false, again = false;

  const save = async (button) => {
    clearTimeout(waiting);
    if (running) { again = true; return; }
    const now = stated();
    if ((now === kept && !button) || !ready()) return;
    const fields = new URLSearchParams(new FormData(form, button));
    running = true;
    try {
      const told = await post(form.action, fields);
      form.querySelector(".problem")?.remove();
      if (told.said) note.textContent = told.said;
      kept = saved(told, fields) ?? now;
    } catch (error) {
      tellProblem(form, error.message);
    } finally {
      running = false;
      if (again) { again = false; save(); }
    }
  };
  const soon = (after) => { clearTimeout(waiting); waiting = setTimeout(save, after); };
  form.addEventListener("change", () => soon(TOUCHED_MS));
  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea, input:not([type=radio], [type=checkbox], [type=date])")) soon(TYPED_MS);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); save(event.submitter ?? undefined); });
  addEventListener("pagehide", () => {
    if (!running && stated() !== kept && ready()) {
      navigator.sendBeacon(form.action, new URLSearchParams(new FormData(form)));
    }
  });
}
