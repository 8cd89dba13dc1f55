// What the phases mean is told while they are typed.
const form = document.querySelector("form[data-plan]");
const box = form.querySelector("[data-ahead]");
for (const part of form.querySelectorAll("[data-without-script]")) part.hidden = true;
let waiting, asked = 0;

async function look() {
  const mine = ++asked;
  const answer = await fetch(form.dataset.plan, {
    method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin",
    headers: { accept: "text/html, application/json" },
  }).catch(() => undefined);
  if (!answer || mine !== asked) return;
  if (answer.ok) {
    box.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
  } else {
    const told = await answer.json().catch(() => ({}));
    box.textContent = [told.error?.message, told.error?.hint].filter(Boolean).join(" ");
  }
}

form.addEventListener("input", (event) => {
  if (!/^(phase-|plan-)/.test(event.target.name)) return;
  clearTimeout(waiting);
  waiting = setTimeout(look, 300);
});
