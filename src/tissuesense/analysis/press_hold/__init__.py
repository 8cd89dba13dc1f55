"""Press and hold: contact, loading, hold, unloading, and what they say of the tissue."""
