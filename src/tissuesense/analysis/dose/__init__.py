"""The treatment itself: what was pressed, how long, how."""
