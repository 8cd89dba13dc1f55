// The body map under finger, mouse and keys: what is picked is told as an event "place".

/** The shape that lies nearest in a direction; a step sideways counts more than a step along. */
function nearest(shapes, from, dx, dy) {
  const x = Number(from.dataset.x), y = Number(from.dataset.y);
  let found, least = Infinity;
  for (const shape of shapes) {
    const along = (shape.dataset.x - x) * dx + (shape.dataset.y - y) * dy;
    const aside = Math.abs((shape.dataset.x - x) * dy) + Math.abs((shape.dataset.y - y) * dx);
    if (shape !== from && along > 0.1 && along + 2 * aside < least) {
      found = shape;
      least = along + 2 * aside;
    }
  }
  return found;
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

for (const map of document.querySelectorAll("svg[data-body]")) {
  const shapes = [...map.querySelectorAll(".place")];
  const tell = (x, y, shape) => map.dispatchEvent(new CustomEvent("place", {
    bubbles: true, detail: { view: map.dataset.body, x, y, shape },
  }));
  // One stop for the tab key; the arrow keys go on from there. It is heard outside of the picture:
  // one that listens for focus itself becomes a stop of its own.
  map.parentElement.addEventListener("focusin", (event) => {
    const here = event.target.closest(".place");
    if (!here) return;
    for (const shape of shapes) shape.setAttribute("tabindex", shape === here ? "0" : "-1");
  });
  map.addEventListener("keydown", (event) => {
    const here = event.target.closest(".place");
    if (!here) return;
    if (event.key in STEPS) {
      event.preventDefault();
      nearest(shapes, here, ...STEPS[event.key])?.focus();
    } else if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      shapes.at(event.key === "Home" ? 0 : -1).focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      tell(Number(here.dataset.x), Number(here.dataset.y), here);
    }
  });
  map.addEventListener("click", (event) => {
    if (!event.target.closest(".place, .skin")) return;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    tell(Math.round(at.x * 10) / 10, Math.round(at.y * 10) / 10, event.target.closest(".place"));
  });
}
