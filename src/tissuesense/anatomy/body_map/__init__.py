"""The body from in front and from behind, drawn as data: shapes to colour, to name and to tap.

`shapes` reads the drawing and answers where a site lies; `strokes` is its geometry; the drawing
itself is in `outlines/`, one half of the body, of which the other half is the mirror image.
"""
