"""Export formats; none knows another."""
