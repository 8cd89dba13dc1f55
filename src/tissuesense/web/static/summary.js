// A part of the page that an address names is open; a note that was not left yet is kept.
function openNamed() {
  const named = location.hash && document.getElementById(location.hash.slice(1));
  if (named?.tagName === "DETAILS") named.open = true;
}
addEventListener("hashchange", openNamed);
openNamed();

const note = document.querySelector("form.soap[data-saves]");
if (note) {
  const stated = () => new URLSearchParams(new FormData(note)).toString();
  let kept = stated();
  note.addEventListener("saved", () => { kept = stated(); });
  addEventListener("pagehide", () => {
    if (stated() !== kept) navigator.sendBeacon(note.action, new URLSearchParams(stated()));
  });
}
