"""The one palette of screen, plot and paper; each text colour is 4.5:1 or more on its paper."""

LIGHT = {
    "paper": "#fbfaf8",
    "card": "#ffffff",
    "ink": "#1c1917",
    "muted": "#57534e",
    "line": "#d6d3d1",
    "control": "#8c857d",
    "sensor": "#0f6e84",
    "hand": "#a34a00",
    "band": "#dcebef",
    "focus": "#1d4ed8",
}
DARK = {
    "paper": "#171412",
    "card": "#221e1b",
    "ink": "#f5f5f4",
    "muted": "#b8b2ab",
    "line": "#45403b",
    "control": "#8c857d",
    "sensor": "#5cc3d8",
    "hand": "#f0a35e",
    "band": "#17353c",
    "focus": "#93c5fd",
}
