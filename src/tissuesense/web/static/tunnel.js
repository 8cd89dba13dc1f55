// The rate tunnel: pressure above the zero against time since contact, with the asked rate as a band.
// Drawn in requestAnimationFrame only; a break in the samples is a break in the line.

const BAND = 0.2, SKIN_S = 0.3;

export class Tunnel {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.t = []; this.share = []; this.breaks = new Set();
    this.earlier = [];
    this.last = null;
    this.dirty = true;
    const renew = () => { this.colours = null; this.dirty = true; };
    new ResizeObserver(renew).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", renew);
  }

  /** Take a frame of samples: numbers, times in s, forces in N. */
  add(numbers, times, forces, limit) {
    for (let i = 0; i < times.length; i++) {
      if (this.last !== null && numbers[i] !== this.last + 1) this.breaks.add(this.t.length);
      this.last = numbers[i];
      this.t.push(times[i]);
      this.share.push(limit > 0 ? forces[i] / limit : NaN);
    }
    if (this.t.length > 40_000) this.forget(20_000);
    this.dirty = true;
  }

  /** Begin the picture of a new press, or of none. */
  contact(at) {
    if (at === this.at) return;
    const keep = this.at;
    this.at = at;
    this.dirty = true;
    if (keep != null && at == null) {
      const from = this.t.findIndex((t) => t >= keep);
      if (from >= 0) this.earlier.push({ t: this.t.slice(from).map((t) => t - keep), share: this.share.slice(from) });
      if (this.earlier.length > 6) this.earlier.shift();
    }
  }

  /** Another site, another recording: nothing of the one before stays. */
  clear() {
    this.t = []; this.share = []; this.breaks.clear(); this.earlier = [];
    this.last = null; this.at = null; this.dirty = true;
  }

  forget(count) {
    this.t.splice(0, count); this.share.splice(0, count);
    this.breaks = new Set([...this.breaks].map((i) => i - count).filter((i) => i > 0));
  }

  /** Ask for the colours anew: the ground behind the picture has changed. */
  recolour() { this.colours = null; this.dirty = true; }

  /** Draw, if there is anything new. `slope` is the asked rate in limits a second, or null. */
  draw(slope) {
    if (!this.dirty && slope === this.slope) return false;
    this.dirty = false; this.slope = slope;
    const { canvas, context: pen } = this;
    const scale = devicePixelRatio || 1;
    const width = canvas.clientWidth, height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale); canvas.height = Math.round(height * scale);
    }
    this.colours ??= this.palette();
    const ink = this.colours;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const left = 8, right = width - 8, bottom = height - 6, top = 10;
    const now = this.t.length && this.at != null ? this.t[this.t.length - 1] - this.at : 0;
    // The window grows with the press, in steps, so that it stands still while the hand reads it.
    const reached = this.at != null ? Math.max(0, this.share[this.share.length - 1] ?? 0) : 0;
    const whole = [0.4, 0.65, 1.05].find((share) => reached < 0.85 * share) ?? 1.05;
    const seconds = Math.max(slope ? whole / slope : 8, now * 1.15, 4);
    const x = (t) => left + (t / seconds) * (right - left);
    const y = (share) => bottom - Math.max(-0.02, Math.min(1.05, share / whole)) * (bottom - top);

    pen.lineWidth = 1.5; pen.strokeStyle = ink.line; pen.setLineDash([]);
    pen.beginPath(); pen.moveTo(left, y(0)); pen.lineTo(right, y(0)); pen.stroke();
    if (whole > 1) {
      pen.strokeStyle = ink.stop; pen.lineWidth = 3; pen.setLineDash([10, 8]);
      pen.beginPath(); pen.moveTo(left, y(1)); pen.lineTo(right, y(1)); pen.stroke();
    }
    if (slope) {
      // The asked rate is a slope: it begins where the press is once the skin has given way.
      const rest = this.at != null ? this.t.findIndex((t) => t >= this.at + SKIN_S) : -1;
      const base = rest < 0 ? 0 : Math.max(0, this.share[rest] - slope * SKIN_S);
      const edgeAt = (edge, t) => base + slope * edge * t;
      pen.fillStyle = ink.tube; pen.setLineDash([]);
      pen.beginPath(); pen.moveTo(x(0), y(base)); pen.lineTo(x(seconds), y(edgeAt(1 + BAND, seconds)));
      pen.lineTo(x(seconds), y(edgeAt(1 - BAND, seconds))); pen.closePath(); pen.fill();
      pen.strokeStyle = ink.control; pen.lineWidth = 2; pen.setLineDash([8, 6]);
      for (const edge of [1 - BAND, 1 + BAND]) {
        pen.beginPath(); pen.moveTo(x(0), y(base)); pen.lineTo(x(seconds), y(edgeAt(edge, seconds))); pen.stroke();
      }
    }
    pen.setLineDash([3, 5]); pen.lineWidth = 2; pen.strokeStyle = ink.muted;
    for (const one of this.earlier) this.line(pen, one.t, one.share, 0, x, y);
    if (this.at != null) {
      let from = this.t.length;
      while (from > 0 && this.t[from - 1] >= this.at - 0.2) from--;
      pen.setLineDash([]); pen.lineWidth = 6; pen.lineJoin = "round"; pen.strokeStyle = ink.ink;
      pen.beginPath();
      let up = true;
      for (let i = from; i < this.t.length; i++) {
        const px = x(this.t[i] - this.at), py = y(this.share[i]);
        if (Number.isNaN(py)) { up = true; continue; }
        if (up || this.breaks.has(i)) pen.moveTo(px, py); else pen.lineTo(px, py);
        up = false;
      }
      pen.stroke();
    }
    return true;
  }

  line(pen, t, share, offset, x, y) {
    pen.beginPath();
    const step = Math.max(1, Math.floor(t.length / 400));
    for (let i = 0; i < t.length; i += step) {
      if (i) pen.lineTo(x(t[i] - offset), y(share[i])); else pen.moveTo(x(t[i] - offset), y(share[i]));
    }
    pen.stroke();
  }

  palette() {
    const style = getComputedStyle(this.canvas);
    return Object.fromEntries(["ink", "muted", "line", "control", "tube", "stop"].map(
      (name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }
}
