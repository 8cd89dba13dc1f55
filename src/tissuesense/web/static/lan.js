// How long the code is still good.

const line = document.getElementById("left");
const untilMs = performance.now() + Number(line.dataset.left) * 1000;

function tick() {
  const left = Math.max(0, Math.ceil((untilMs - performance.now()) / 1000));
  line.textContent = left ? line.dataset.words.replace("{n}", left) : line.dataset.over;
  if (left) setTimeout(tick, 1000);
}
tick();
