"""The pressure ramp, its quality, and the threshold read from it."""
