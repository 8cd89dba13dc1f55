"""The clinical record: who, when, what the hands found, what the sensor measured."""
