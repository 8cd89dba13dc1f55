// The signal of the gauge, as it is, over the last ten seconds; the figures beside it in words.

const SPAN_S = 10;
const box = document.getElementById("monitor");
const at = (id) => document.getElementById(id);
if (box?.dataset.live) begin();

function begin() {
  const words = JSON.parse(box.dataset.words);
  const canvas = at("trace"), pen = canvas.getContext("2d"), button = at("watch");
  let socket = null, t = [], force = [], arrived = 0, view = null, ink = null, last = null;
  const breaks = new Set();
  button.hidden = false;
  button.addEventListener("click", () => (socket ? stop() : start()));
  if (box.dataset.watch !== undefined) start();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { ink = null; });

  function start() {
    t = []; force = []; breaks.clear(); last = null; arrived = 0; view = null;
    at("m-why").hidden = true;
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${box.dataset.live}`);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", (event) => (event.data instanceof ArrayBuffer ? take(event.data) : look(JSON.parse(event.data))));
    socket.addEventListener("close", () => { if (socket) ended(); });
    button.textContent = words.stop;
    at("idle").textContent = words.opening;
    requestAnimationFrame(paint);
  }

  function stop() { const open = socket; ended(); open?.close(); }

  function ended() {
    socket = null;
    button.textContent = words.start;
    at("m-state").textContent = words.over;
    at("m-said").textContent = words.over;
    at("m-age").textContent = "–";
  }

  function take(buffer) {
    const data = new DataView(buffer), count = (buffer.byteLength - 8) / 16;
    for (let i = 0; i < count; i++) {
      const number = data.getUint32(8 + 16 * i, true);
      if (last !== null && number !== last + 1) breaks.add(t.length);
      last = number;
      t.push(data.getFloat64(12 + 16 * i, true));
      force.push(data.getFloat32(20 + 16 * i, true));
    }
    arrived = performance.now();
    const from = t.findIndex((one) => one >= t[t.length - 1] - SPAN_S - 1);
    if (from > 500) {
      t.splice(0, from); force.splice(0, from);
      const moved = [...breaks].map((one) => one - from).filter((one) => one > 0);
      breaks.clear(); moved.forEach((one) => breaks.add(one));
    }
  }

  function look(told) {
    if (told.kind !== "view") return;
    const before = view?.state;
    view = told;
    const said = words[told.state] ?? told.state;
    at("m-state").textContent = said;
    if (before !== told.state) at("m-said").textContent = said;
    at("m-rate").textContent = told.rate_hz === null ? "–" : `${told.rate_hz.toFixed(1)} Hz`;
    at("m-zero").textContent = told.zero_n === null ? words.settling : `${told.zero_n.toFixed(2)} N`;
    const battery = told.battery_percent !== null ? `${Math.round(told.battery_percent)} %` : told.battery_v !== null ? `${told.battery_v.toFixed(2)} V` : words.none;
    at("m-battery").textContent = told.low_battery ? `${battery}, ${words.low}` : battery;
    at("m-marks").textContent = words.times.replace("{n}", told.marks);
    if (told.state === "over" && socket) {
      at("m-why").hidden = !told.why;
      at("m-why").textContent = told.why;
      stop();
    }
  }

  function paint() {
    const now = performance.now();
    at("idle").hidden = t.length > 0;
    if (socket && arrived) {
      const age = (now - arrived) / 1000;
      const text = age < 0.3 ? words.now : words.ago.replace("{n}", age.toFixed(1));
      if (at("m-age").textContent !== text) at("m-age").textContent = text;
    }
    draw();
    if (socket) requestAnimationFrame(paint);
  }

  function draw() {
    if (!t.length) return;
    const scale = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * scale)) { canvas.width = Math.round(width * scale); canvas.height = Math.round(height * scale); }
    if (!ink) {
      const style = getComputedStyle(document.documentElement);
      ink = Object.fromEntries(["ink", "muted", "line", "sensor"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    }
    const end = t[t.length - 1], begin = end - SPAN_S;
    const shown = force.filter((_, i) => t[i] >= begin);
    const high = Math.max(5, ...shown), low = Math.min(0, ...shown);
    const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((one) => (high - low) / one <= 5) ?? 1000;
    const top = Math.ceil(high * 1.05 / step) * step, bottom = Math.floor(low / step) * step;
    const left = 44, right = width - 12, y0 = height - 26, y1 = 12;
    const x = (one) => left + (one - begin) / SPAN_S * (right - left);
    const y = (one) => y0 - (one - bottom) / (top - bottom) * (y0 - y1);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = "12px system-ui, sans-serif"; pen.fillStyle = ink.muted; pen.strokeStyle = ink.line; pen.lineWidth = 1;
    pen.textAlign = "right"; pen.textBaseline = "middle";
    for (let value = bottom; value <= top; value += step) {
      pen.beginPath(); pen.moveTo(left, y(value)); pen.lineTo(right, y(value)); pen.stroke();
      pen.fillText(String(value), left - 8, y(value));
    }
    pen.textBaseline = "alphabetic";
    pen.fillText(words.time, right, height - 8);
    pen.textAlign = "left";
    pen.fillText(words.axis, 8, height - 8);
    pen.strokeStyle = ink.sensor; pen.lineWidth = 2; pen.lineJoin = "round";
    pen.beginPath();
    let up = true;
    for (let i = 0; i < t.length; i++) {
      if (t[i] < begin) continue;
      if (up || breaks.has(i)) pen.moveTo(x(t[i]), y(force[i])); else pen.lineTo(x(t[i]), y(force[i]));
      up = false;
    }
    pen.stroke();
  }
}
