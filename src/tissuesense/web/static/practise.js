// Practising with the hand on the screen: a pointer dragged up, or a key held, pushes the simulated
// gauge. Everything that decides is decided by the server, as at the table.
import { tell } from "./measure.js";

const pad = document.getElementById("pad");
if (pad) begin();

function begin() {
  const push = document.getElementById("push"), fill = document.getElementById("fill");
  const limitKpa = Number(pad.dataset.limitKpa) * 1.05, rate = Number(pad.dataset.rate);
  // A key held presses on at up to twice the asked rate, and gets there as slowly as an arm does.
  const fastest = 2 * rate / limitKpa, SLUGGISH_S = 1.2, LETS_GO_S = 0.12, LEAST_APART_MS = 16;
  let share = 0, speed = 0, dragging = null, from = 0, keyUp = false, letGo = false, before = 0, sent = 0, told = 0, lastSent = 0;

  push.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    dragging = event.pointerId;
    from = event.clientY;
    share = 0; speed = 0; letGo = false;
    push.setPointerCapture(event.pointerId);
    push.focus({ preventScroll: true });
    event.preventDefault();
  });
  push.addEventListener("pointermove", (event) => {
    if (event.pointerId !== dragging) return;
    // The way from where the hand began, so that it starts from nothing wherever it touches.
    share = Math.min(1, Math.max(0, (from - event.clientY) / (push.clientHeight * 0.9)));
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
    push.addEventListener(name, (event) => { if (event.pointerId === dragging) { dragging = null; letGo = true; } });
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowUp") { keyUp = true; letGo = false; event.preventDefault(); }
    if (event.key === "ArrowDown") { keyUp = false; letGo = true; event.preventDefault(); }
  });
  document.addEventListener("keyup", (event) => { if (event.key === "ArrowUp") keyUp = false; });
  addEventListener("blur", () => { keyUp = false; dragging = null; letGo = true; });

  requestAnimationFrame(step);
  function step(now) {
    const passed = Math.min(0.1, before ? (now - before) / 1000 : 0);
    before = now;
    if (letGo) {
      speed = 0;
      share *= Math.exp(-passed / LETS_GO_S);
      if (share < 0.002) { share = 0; letGo = false; }
    } else if (dragging === null) {
      speed += ((keyUp ? fastest : 0) - speed) * -Math.expm1(-passed / SLUGGISH_S);
      if (!keyUp && speed < 0.01 * fastest) speed = 0;
      share = Math.min(1, share + speed * passed);
    }
    fill.style.transform = `scaleY(${share})`;
    if (now - told > 250) { told = now; push.setAttribute("aria-valuenow", String(Math.round(share * 100))); }
    // While it is pushed, at most 60 times a second, and a last time when it is off.
    const resting = share === 0 && sent === 0;
    if (!resting && now - lastSent >= LEAST_APART_MS) {
      lastSent = now; sent = share;
      tell({ push: Number(share.toFixed(5)) });
    }
    requestAnimationFrame(step);
  }
}
