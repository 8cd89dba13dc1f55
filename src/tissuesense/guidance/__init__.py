"""What to tell the hand while it presses, and what to tell the reader afterwards."""
