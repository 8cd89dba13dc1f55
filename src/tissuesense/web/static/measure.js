// The measuring screen: shows what the server says. Whatever decides is decided there.
import { Pacing, say } from "./pacing.js";
import { Tunnel } from "./tunnel.js";

const SHAPES = {
  wait: ["M50 12a38 38 0 1 0 .1 0z", true], press: ["M50 10 L50 70 M24 48 L50 74 L76 48 M20 90 L80 90", true],
  good: ["M50 8 92 50 50 92 8 50z", false], accepted: ["M14 54 40 80 88 22", true], again: ["M80 30a36 36 0 1 0 6 26M84 10v24h-24", true],
  faster: ["M12 22h76L50 84z", true], slower: ["M12 80h76L50 18z", false], stop: ["M14 14h72v72H14z", false],
  nodata: ["M14 14h72v72H14zM14 14 86 86", true], "let go": ["M50 90 50 30 M24 54 50 28 76 54 M20 12h60", true],
  tap: ["M50 8 60 40 92 50 60 60 50 92 40 60 8 50 40 40z", false], stretch: ["M6 50h88M24 30 6 50l18 20M76 30l18 20-18 20", true],
  move: ["M14 74a40 40 0 0 1 72-10M86 34v30H56", true], treat: ["M6 38c15-16 29-16 44 0s29 16 44 0M6 66c15-16 29-16 44 0s29 16 44 0", true],
  next: ["M14 50h66M52 20l30 30-30 30", true], rest: ["M50 12a38 38 0 1 0 .1 0zM50 28v24l16 10", true],
  paused: ["M32 16v68M68 16v68", true], done: ["M14 54 40 80 88 22", true],
};
const SILENT_MS = 400;      // so long without a sample is no data
const VERDICT_MS = 1800;    // so long a verdict fills the screen

const stage = document.getElementById("stage");
const words = JSON.parse(stage.dataset.words);
const sites = JSON.parse(stage.dataset.sites);
const spoken = JSON.parse(stage.dataset.spoken);
const at = (id) => document.getElementById(id);
const tunnel = new Tunnel(at("tunnel"));
const pacing = new Pacing();
const painted = [];
window.tissuesense = { painted, received: 0 };

let view = null, lastSample = 0, verdict = null, said = -1, voice = false, shown = "", offset = null;
let socket, retry = 250, site = -1, fresh = [];

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${stage.dataset.live}`);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => { retry = 250; for (let i = 0; i < 10; i++) setTimeout(ping, i * 40); });
  socket.addEventListener("message", hear);
  socket.addEventListener("close", () => { setTimeout(connect, retry); retry = Math.min(retry * 2, 4000); });
}

function ping() {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ ping: performance.now() }));
}

let best = Infinity;
function hear(event) {
  if (event.data instanceof ArrayBuffer) return take(event.data);
  const told = JSON.parse(event.data);
  if (told.kind === "pong") {
    const now = performance.now(), trip = now - told.ping;
    if (trip < best) { best = trip; offset = told.t_s * 1000 - (now + told.ping) / 2; }
  } else if (told.kind === "view") {
    look(told);
  }
}

function take(buffer) {
  const data = new DataView(buffer), count = (buffer.byteLength - 8) / 16;
  const numbers = new Array(count), times = new Array(count), forces = new Array(count);
  for (let i = 0; i < count; i++) {
    numbers[i] = data.getUint32(8 + 16 * i, true);
    times[i] = data.getFloat64(12 + 16 * i, true);
    forces[i] = data.getFloat32(20 + 16 * i, true);
  }
  tunnel.add(numbers, times, forces, view?.limit_n ?? 0);
  lastSample = performance.now();
  window.tissuesense.received += count;
  fresh.push(forces[count - 1]);
}

function look(told) {
  const before = view;
  view = told;
  if (view.now !== site) { site = view.now; tunnel.clear(); announce(); }
  if (view.state === "measuring" && before?.state !== "measuring") lastSample = performance.now();
  if (view.said !== said) {
    const first = said < 0;
    said = view.said;
    if (!first && view.sentence) {
      const judged = view.progress?.judged ?? [];
      verdict = { until: performance.now() + VERDICT_MS, accepted: judged.at(-1) === true && view.sentence.startsWith("Accepted") };
      pacing.verdict(verdict.accepted);
      const text = spoken[view.sentence] ?? view.sentence;
      at("status").textContent = text;
      if (voice) say(text, stage.dataset.lang);
    }
  }
  tunnel.contact(view.contact_t_s);
  if (view.state === "over") location.reload();
}

function announce() {
  const name = sites[view.now] ?? "";
  at("site").textContent = name;
  at("status").textContent = name;
  if (voice) say(name, stage.dataset.lang);
}

/** What fills the screen now: [state, word, what stands beside it]. */
function scene(now) {
  if (!view) return ["wait", words.wait, words.connecting];
  const progress = view.progress, silent = now - lastSample;
  if (view.state === "preparing") return ["wait", words.wait, view.told[0] ?? words.connecting];
  if (view.state === "between") return ["next", words.next, `${sites[view.now]}, ${words.ready_word} ${Math.ceil(view.next_in_s)} ${words.seconds}`];
  if (view.state === "paused") return ["paused", words.paused, words.go];
  if (view.state === "over") return ["done", words.done, ""];
  if (silent > SILENT_MS || (progress && !progress.linked)) {
    return ["nodata", words.nodata, `${Math.floor(silent / 100) / 10} ${words.seconds}: ${words.silent}`];
  }
  if (!progress) return ["wait", words.wait, words.connecting];
  if (progress.cue === "stop" || progress.alarm) return ["stop", words.stop, words.limit];
  const pressing = ["contact", "ramp", "active"].includes(progress.phase);
  if (verdict && now < verdict.until && !pressing) {
    return verdict.accepted ? ["accepted", words.accepted, ending(progress)] : ["again", words.again, ""];
  }
  if (progress.phase === "settling") return ["wait", words.wait, progress.item === "press" ? words.zero : words.still];
  if (progress.ends_in_s !== null) return ["accepted", words.done, ending(progress)];
  if (progress.phase === "armed" && progress.rest_s > 0) return ["rest", words.rest, `${words.again_in} ${Math.ceil(progress.rest_s)} ${words.seconds}`];
  if (progress.near_limit) return [progress.cue, words[progress.cue], words.near];
  return [progress.cue, words[progress.cue], progress.phase === "armed" ? words.ready : ""];
}

function ending(progress) {
  return progress.ends_in_s === null ? "" : `${words.retake} (${Math.ceil(progress.ends_in_s)} ${words.seconds})`;
}

function paint() {
  const now = performance.now();
  const [state, word, beside] = scene(now);
  const progress = view?.progress;
  const key = `${state}|${word}|${beside}`;
  if (key !== shown) {
    shown = key;
    if (stage.dataset.state !== state || !at("shape-path").getAttribute("d")) {
      stage.dataset.state = state;
      const [path, hollow] = SHAPES[state] ?? SHAPES.wait;
      at("shape-path").setAttribute("d", path);
      stage.toggleAttribute("data-hollow", hollow);
      tunnel.recolour();
      at("alert").textContent = state === "stop" || state === "nodata" ? word : "";
    }
    at("word").textContent = word;
    at("word").classList.toggle("long", word.length > 8);
    at("beside").textContent = beside;
  }
  if (view) dots(progress?.judged ?? []);
  if (progress) {
    const text = view.sentence ? spoken[view.sentence] ?? view.sentence : "";
    if (at("verdict").textContent !== text) at("verdict").textContent = text;
    const told = progress.told.join("   ");
    at("told").hidden = !told;
    if (at("told").textContent !== told) at("told").textContent = told;
  }
  gauge();
  pacing.follow(state);
  const slope = view?.target_n_s && view.limit_n ? view.target_n_s / view.limit_n : null;
  if (tunnel.draw(slope) && fresh.length) notePaint();
  requestAnimationFrame(paint);
}

// When the newest force was on the screen, by the server's clock in ms: what a benchmark asks for.
function notePaint() {
  const newest = fresh.at(-1);
  fresh = [];
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    if (offset !== null && painted.length < 20_000) painted.push([newest, performance.now() + offset]);
  };
  channel.port2.postMessage(0);
}

let dotKey = "";
function dots(judged) {
  const missing = Math.max(0, view.wanted - judged.filter(Boolean).length);
  const key = `${judged}|${missing}`;
  if (key === dotKey) return;
  dotKey = key;
  at("dots").replaceChildren(...[...judged.map((ok) => (ok ? "accepted" : "rejected")), ...Array(missing).fill("")].map((kind) => {
    const dot = document.createElement("span");
    dot.className = `dot ${kind}`;
    return dot;
  }));
}

let gaugeKey = "";
function gauge() {
  const line = view?.gauge ? [view.gauge, view.battery_percent === null ? "" : `${words.battery} ${Math.round(view.battery_percent)} %`].filter(Boolean).join(" · ") : "";
  if (line === gaugeKey) return;
  gaugeKey = line;
  at("gauge-line").hidden = !line;
  at("gauge-line").textContent = line;
}

/** Tell the server something, if it hears. */
export function tell(what) {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what));
}

function command(name) { tell({ do: name }); }

// Keys of a keyboard, a foot pedal and a presenter, which types page keys, b, Enter or space.
const KEYS = { " ": "mark", Enter: "mark", b: "mark", PageDown: "mark", r: "take_back", PageUp: "take_back", u: "undo", p: "pause", n: "go_on", f: "finish_site", Escape: "end" };
document.addEventListener("keydown", (event) => {
  const name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  const onButton = event.target.closest?.("button, a, input, select, summary");
  if (!name || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (onButton && (event.key === " " || event.key === "Enter")) return;
  event.preventDefault();
  command(name);
});
for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", (event) => { event.preventDefault(); command(button.dataset.do); button.blur(); });
}

// Sound and voice begin with a touch, and are remembered on this screen.
function toggle(id, turn) {
  const button = at(id);
  const set = (on) => { button.setAttribute("aria-pressed", String(on)); localStorage.setItem(id, on ? "on" : ""); turn(on); };
  button.addEventListener("click", () => set(button.getAttribute("aria-pressed") !== "true"));
  if (localStorage.getItem(id) ?? stage.dataset[id]) set(true);
}
toggle("sound", (on) => pacing.set(on));
toggle("voice", (on) => { voice = on; });
document.addEventListener("pointerdown", () => pacing.wake());
document.addEventListener("keydown", () => pacing.wake());

// The screen stays on, and sound comes back, after the tablet slept.
async function stayAwake() {
  if (document.visibilityState !== "visible") return;
  pacing.renew();
  try { await navigator.wakeLock?.request("screen"); } catch { /* a screen that may sleep is no failure */ }
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
connect();
requestAnimationFrame(paint);
