// The time of a treatment runs on the page; the record keeps when it began.
const began = performance.now();

function tick() {
  for (const shown of document.querySelectorAll("[data-elapsed]")) {
    const seconds = Number(shown.dataset.elapsed) + (performance.now() - began) / 1000;
    shown.textContent = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  }
}
if (document.querySelector("[data-elapsed]")) setInterval(tick, 250);

for (const button of document.querySelectorAll("[data-good]")) {
  button.closest("[hidden]").hidden = false;
  button.addEventListener("click", () => {
    const rating = button.form.querySelector(`[name="nrs_during"][value="${button.dataset.good}"]`);
    rating.checked = true;
    rating.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
