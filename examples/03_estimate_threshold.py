"""Estimate a pain threshold from a recording whose truth is known.

Prints::

    Press 1: 197 kPa when the client spoke; felt at 184 kPa (175 to 193), in truth at 184.
    Press 2: 222 kPa when the client spoke; felt at 206 kPa (196 to 216), in truth at 206.
    Press 3: 204 kPa when the client spoke; felt at 190 kPa (181 to 199), in truth at 190.
    The site today: 208 kPa, 176 to 239.
"""

from dataclasses import asdict

import tissuesense as ts
from tissuesense.core.recording import Recording
from tissuesense.simulation.session import SessionSpec, simulated_recording

simulated = simulated_recording(SessionSpec(subject="tender_left", seed=1))
found = ts.analyze(Recording(trace=simulated.trace, context=simulated.context)).to_dict()

for trial, truth in zip(found["trials"], simulated.truths, strict=True):
    felt = trial["latent_threshold_kpa"]  # without what the force rose while the client reacted
    low, high = felt["ci95"]
    print(
        f"Press {trial['index']}: {trial['threshold_kpa']['value']:.0f} kPa when the client spoke; "
        f"felt at {felt['value']:.0f} kPa ({low:.0f} to {high:.0f}), "
        f"in truth at {asdict(truth)['latent_threshold_kpa']:.0f}."
    )

today = found["session"]["ppt_kpa"]
low, high = today["ci95"]
print(f"The site today: {today['value']:.0f} kPa, {low:.0f} to {high:.0f}.")
