"""From raw columns to clean signals, their unloaded level, and the presses in them."""
