"""The sample practice: three invented clients over twelve weeks, measured by simulated gauges."""
