// What the ear is told: clicks while pressing, a siren at the limit, a word after each press.
// Web Audio and the browser's own voice; no sound files, and nothing that rises with the force.

export class Pacing {
  constructor() { this.on = false; this.cue = ""; this.next = 0; this.siren = null; }

  /** Switch sound on or off; only a touch or a key may switch it on. */
  set(on) {
    this.on = on;
    if (on) this.wake(); else this.hush();
  }

  wake() {
    if (!this.on) return;
    if (!this.audio || this.audio.state === "closed") this.audio = new AudioContext();
    this.audio.resume();
  }

  /** After sleep a tablet's context may stay silent: make another. */
  renew() {
    if (!this.on) return;
    this.audio?.close().catch(() => {});
    this.audio = undefined; this.siren = null;
    this.wake();
  }

  tone(frequency, at, seconds, loud = 0.12, type = "sine") {
    const voice = this.audio.createOscillator(), gain = this.audio.createGain();
    voice.type = type; voice.frequency.value = frequency;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loud, at + 0.005);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
    voice.connect(gain).connect(this.audio.destination);
    voice.start(at); voice.stop(at + seconds + 0.02);
  }

  /** Called on every frame with the cue that shows. */
  follow(cue) {
    if (!this.on || !this.audio) return;
    const now = this.audio.currentTime;
    if (cue === "stop") this.alarm(); else this.hush();
    if (cue !== this.cue) { this.cue = cue; this.next = now; }
    if (now < this.next) return;
    if (cue === "good") { this.tone(880, now, 0.04, 0.06); this.next = now + 0.5; }
    else if (cue === "slower") { this.tone(330, now, 0.06); this.tone(330, now + 0.09, 0.06); this.next = now + 0.45; }
    else if (cue === "faster") { this.tone(1320, now, 0.06); this.tone(1320, now + 0.09, 0.06); this.next = now + 0.45; }
    else this.next = now + 0.2;
  }

  alarm() {
    if (this.siren) return;
    const voice = this.audio.createOscillator(), gain = this.audio.createGain();
    voice.type = "square"; gain.gain.value = 0.25;
    for (let i = 0; i < 60; i++) voice.frequency.setValueAtTime(i % 2 ? 620 : 930, this.audio.currentTime + i * 0.25);
    voice.connect(gain).connect(this.audio.destination); voice.start();
    this.siren = voice;
  }

  hush() { this.siren?.stop(); this.siren = null; }

  verdict(accepted) {
    if (!this.on || !this.audio) return;
    const now = this.audio.currentTime;
    this.tone(accepted ? 660 : 440, now, 0.12); this.tone(accepted ? 990 : 294, now + 0.13, 0.2);
  }
}

/** Say words in the browser's own voice, where it has one for the language. */
export function say(words, language) {
  if (!words || !("speechSynthesis" in window)) return;
  speechSynthesis.cancel();
  const speech = new SpeechSynthesisUtterance(words);
  speech.lang = language;
  speechSynthesis.speak(speech);
}
