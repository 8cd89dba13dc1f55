"""TissueSense Link, the open wire: frames and messages, the same for both ends."""
