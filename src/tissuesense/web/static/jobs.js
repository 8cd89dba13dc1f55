// How far something is that goes on behind the page: asked twice a second, and at its end the page
// loads again. Without script, loading the page again says the same.

const csrf = document.body.dataset.csrf;

async function ask(box) {
  const answer = await fetch(box.dataset.job, { headers: { accept: "application/json", "x-csrf": csrf } }).catch(() => null);
  if (!answer?.ok) return setTimeout(ask, 2000, box);
  const told = await answer.json();
  const words = box.querySelector("[data-words]"), bar = box.querySelector("progress");
  if (words && words.textContent !== told.words) words.textContent = told.words;
  if (bar && told.total > 0) { bar.max = told.total; bar.value = told.done; }
  if (told.state !== "running") {
    sessionStorage.setItem("job-ended", box.id);
    location.replace(`${location.pathname}#${box.id}`);
    return location.reload();
  }
  setTimeout(ask, 500, box);
}
for (const box of document.querySelectorAll("[data-job]")) setTimeout(ask, 300, box);

// After its end the keyboard stands where the result is, and a screen reader reads it.
const ended = sessionStorage.getItem("job-ended");
if (ended) {
  sessionStorage.removeItem("job-ended");
  document.getElementById(ended)?.focus();
}
