"""Measure a simulated treatment, dose by dose, and compare thresholds before and after it.

Prints::

    Dose 1: 5 changes between 120 and 228 kPa in 63 s, the longest hold 11 s.
    Dose 2: 7 changes between 133 and 240 kPa in 81 s, the longest hold 12 s.
    In all 25530 +/- 20 kPa s.
    59 s of it were above 70 % of the pain threshold.
    The threshold after it: +15 %, higher:
    measuring alone gives -7 to +7 %.
"""

import tissuesense as ts
from tissuesense.analysis.course.treatment_effect import treatment_effect
from tissuesense.core.recording import Recording, RecordingKind
from tissuesense.simulation.session import SessionSpec, simulated_recording

simulated = simulated_recording(SessionSpec(kind=RecordingKind.DOSE, seed=1), presses=2)
found = ts.analyze(Recording(trace=simulated.trace, context=simulated.context)).to_dict()

for dose in found["doses"]:
    low, high = dose["levels_kpa"]
    print(
        f"Dose {dose['index']}: {dose['alternations']} changes "
        f"between {low:.0f} and {high:.0f} kPa in {dose['contact_s']:.0f} s, "
        f"the longest hold {dose['longest_hold_s']:.0f} s."
    )

impulse = found["session"]["impulse_kpa_s"]
above = found["session"]["seconds_above_ppt_share"]["0.7"]
print(f"In all {impulse['value']:.0f} +/- {impulse['u']:.0f} kPa s.")
print(f"{above:.0f} s of it were above 70 % of the pain threshold.")

effect = treatment_effect(before=[198.0, 210.0, 205.0], after=[236.0, 228.0, 244.0])
change = effect.to_dict()
low, high = change["mdc_percent"]
print(f"The threshold after it: {change['percent']['value']:+.0f} %, {effect.verdict}:")
print(f"measuring alone gives {low:.0f} to {high:+.0f} %.")
