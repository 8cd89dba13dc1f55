"""Use cases: one module each, no state beyond its call."""
