"""The drawing of the body, front and back: whose border is whose, as data."""
