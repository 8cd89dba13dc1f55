"""What the hands found against what the sensor measured: two voices, neither the judge."""
