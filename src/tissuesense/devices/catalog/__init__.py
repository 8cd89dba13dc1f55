"""One file per device model; each is listed in `tissuesense.devices.registry`."""
