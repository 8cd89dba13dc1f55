"""A limb that is moved: range, and the resistance to a stretch."""
