"""Every number that an estimator gives, with its unit: the columns of trials and of results.

`docs/reference/estimators.md` says how each is found. A quantity that is not here, such as one of
an estimator of another package, stands in the table of values alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity.

    Attributes
    ----------
    short
        Its name in at most 22 letters; empty: its own is short enough.
    """

    unit: str
    description: str
    short: str = ""


_STAYED = "Time under a pressure of at least {} % of the site's pain threshold."
_LOST = "Share of the force lost after {} s of the hold."
_DEEPER = "How much deeper the tip was {} s into the hold, as a share of its depth."
_TREMOR = "Root mean square of the force between {} Hz during the hold."

QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "threshold_kpa": Quantity("kPa", "Pressure when the client signalled, uncorrected."),
        "latent_threshold_kpa": Quantity("kPa", "The same without the reaction time."),
        "ppt_kpa": Quantity("kPa", "Threshold of the recording, from the accepted trials."),
        "latent_ppt_kpa": Quantity("kPa", "The same without the reaction time."),
        "ramp_rate_kpa_s": Quantity("kPa/s", "How fast the pressure rose."),
        "ramp_rate_cv": Quantity("1", "How unsteadily it rose: spread over mean."),
        "peak_kpa": Quantity("kPa", "Highest pressure."),
        "peak_time_s": Quantity("s", "When it was highest."),
        "onset_s": Quantity("s", "When the force began to rise."),
        "threshold_time_s": Quantity("s", "When the client signalled."),
        "release_s": Quantity("s", "When the force was taken away."),
        "tare_n": Quantity("N", "Unloaded level that was taken off."),
        "contact_s": Quantity("s", "When the tip met the skin; of a treatment, time in contact."),
        "contact_mm": Quantity("mm", "Where the tip met the skin."),
        "depth_mm": Quantity("mm", "How deep the tip went."),
        "peak_n": Quantity("N", "Highest force."),
        "loading_rate_n_s": Quantity("N/s", "How fast the force rose."),
        "speed_mm_s": Quantity("mm/s", "How fast the tip moved."),
        "hold_s": Quantity("s", "How long the press was held."),
        "hold_motion_mm": Quantity("mm", "How far the tip went deeper during the hold."),
        "secant_stiffness_n_mm": Quantity("N/mm", "Stiffness from 20 to 80 % of the peak force."),
        "tangent_stiffness_5n_n_mm": Quantity("N/mm", "Stiffness at 5 N.", "tangent_5n_n_mm"),
        "tangent_stiffness_10n_n_mm": Quantity("N/mm", "Stiffness at 10 N.", "tangent_10n_n_mm"),
        "tangent_stiffness_20n_n_mm": Quantity("N/mm", "Stiffness at 20 N.", "tangent_20n_n_mm"),
        "tangent_stiffness_30n_n_mm": Quantity("N/mm", "Stiffness at 30 N.", "tangent_30n_n_mm"),
        "fung_a_n": Quantity("N", "A of F = A (exp(B d) - 1)."),
        "fung_b_per_mm": Quantity("1/mm", "B of F = A (exp(B d) - 1)."),
        "power_exponent": Quantity("1", "p of F = K d^p."),
        "energy_loss_ratio": Quantity("1", "1 - unloading work / loading work."),
        "relaxation_fraction": Quantity("1", "1 - force at the end of the hold / at its start."),
        "relaxation_equilibrium_fraction": Quantity(
            "1", "Share of the force that would never relax.", "relax_equilibrium"
        ),
        "relaxation_weight_1": Quantity("1", "Share that relaxes with the first time constant."),
        "relaxation_tau_1_s": Quantity("s", "First time constant of relaxation."),
        "relaxation_weight_2": Quantity("1", "Share that relaxes with the second time constant."),
        "relaxation_tau_2_s": Quantity("s", "Second time constant of relaxation."),
        "relaxation_weight_3": Quantity("1", "Share that relaxes with the third time constant."),
        "relaxation_tau_3_s": Quantity("s", "Third time constant of relaxation."),
        "hold_response_5s": Quantity("1", _LOST.format(5)),
        "hold_response_10s": Quantity("1", _LOST.format(10)),
        "hold_response_20s": Quantity("1", _LOST.format(20)),
        "springpot_exponent": Quantity("1", "Exponent of a fractional element for the hold."),
        "springpot_exponent_early": Quantity("1", "The same before the break.", "springpot_early"),
        "springpot_exponent_late": Quantity("1", "The same after the break.", "springpot_late"),
        "springpot_break_s": Quantity("s", "When the exponent changed."),
        "apparent_stiffness_n_mm": Quantity(
            "N/mm",
            "Rate of the force over a speed of the hand known from elsewhere.",
            "apparent_k_n_mm",
        ),
        "creep_instantaneous_mm_n": Quantity("mm/N", "Compliance at once.", "creep_at_once_mm_n"),
        "creep_total_mm_n": Quantity("mm/N", "Compliance in the end."),
        "creep_tau_1_s": Quantity("s", "First retardation time."),
        "creep_tau_2_s": Quantity("s", "Second retardation time."),
        "creep_fraction_5s": Quantity("1", _DEEPER.format(5)),
        "creep_fraction_10s": Quantity("1", _DEEPER.format(10)),
        "creep_fraction_20s": Quantity("1", _DEEPER.format(20)),
        "effective_modulus_kpa": Quantity("kPa", "Modulus of the layer, its thickness stated."),
        "sway_cv": Quantity("1", "Slow change of the force during the hold: spread over mean."),
        "sway_rms_n": Quantity("N", "Root mean square of the slow change of force."),
        "tremor_4_7_hz_rms_n": Quantity("N", _TREMOR.format("4 and 7")),
        "tremor_8_12_hz_rms_n": Quantity("N", _TREMOR.format("8 and 12")),
        "tremor_15_40_hz_rms_n": Quantity("N", _TREMOR.format("15 and 40")),
        "twitches": Quantity("1", "How many sudden changes of force there were."),
        "cv": Quantity("1", "Spread of the secant stiffness over its mean."),
        "frequency_hz": Quantity("Hz", "Natural frequency after the tap."),
        "log_decrement": Quantity("1", "Natural logarithmic decrement."),
        "damping_ratio": Quantity("1", "Damping ratio."),
        "stiffness_n_m": Quantity("N/m", "Dynamic stiffness."),
        "oscillator_stiffness_n_m": Quantity(
            "N/m", "Stiffness of an oscillator of that mass.", "oscillator_k_n_m"
        ),
        "recovery_time_s": Quantity("s", "Mechanical stress relaxation time, from contact."),
        "recovery_ratio": Quantity("1", "Recovery time over deformation time."),
        "recovery_from_peak_s": Quantity("s", "Time from the deepest point to recovery."),
        "recovery_from_peak_ratio": Quantity("1", "The same as a ratio.", "recovery_peak_ratio"),
        "deformation_mm": Quantity("mm", "How far the tissue gave way."),
        "peak_m_s2": Quantity("m/s2", "Highest acceleration."),
        "spectral_peak_hz": Quantity("Hz", "Peak of the spectrum."),
        "cv_frequency_hz": Quantity("1", "Spread of the frequency over its mean."),
        "cv_stiffness_n_m": Quantity("1", "Spread of the stiffness over its mean."),
        "cv_log_decrement": Quantity("1", "Spread of the decrement over its mean."),
        "start_s": Quantity("s", "When it began."),
        "end_s": Quantity("s", "When it ended."),
        "start_deg": Quantity("deg", "Angle at the begin."),
        "end_deg": Quantity("deg", "Angle at the end."),
        "range_deg": Quantity("deg", "Range of motion."),
        "mdc_deg": Quantity("deg", "Least change beyond measurement error."),
        "peak_speed_deg_s": Quantity("deg/s", "Highest speed."),
        "catch_angle_deg": Quantity("deg", "Angle at which the movement was caught."),
        "slope_n_m_rad": Quantity("N m/rad", "Slope of torque over angle."),
        "work_j": Quantity("J", "Work of the movement."),
        "stiffness_n_m_rad": Quantity("N m/rad", "Stiffness of the joint."),
        "damping_n_m_s_rad": Quantity("N m s/rad", "Damping of the joint."),
        "stiffness_with_weight_n_m_rad": Quantity(
            "N m/rad", "Stiffness with the weight of the limb.", "stiff_weight_n_m_rad"
        ),
        "slack_angle_deg": Quantity("deg", "Angle below which nothing resists."),
        "limb_weight_n_m": Quantity("N m", "Torque of the limb's weight."),
        "limb_inertia_kg_m2": Quantity("kg m2", "Inertia of the limb."),
        "work_difference_j": Quantity("J", "Work of the fast movement less that of the slow."),
        "slow_range_end_deg": Quantity("deg", "Where the slow movement ended."),
        "impulse_kpa_s": Quantity("kPa s", "Pressure over time."),
        "mean_kpa": Quantity("kPa", "Mean pressure."),
        "highest_kpa": Quantity("kPa", "Highest pressure that was held."),
        "levels": Quantity("1", "How many levels of pressure."),
        "alternations": Quantity("1", "How many changes of level."),
        "holds": Quantity("1", "How many holds."),
        "longest_hold_s": Quantity("s", "Longest hold."),
        "held_share": Quantity("1", "Share of the time that was held."),
        "rate_kpa_s": Quantity("kPa/s", "How fast the pressure changed."),
        "travel_mm": Quantity("mm", "How far the tip travelled."),
        "ppt_share": Quantity("1", "Pressure over the site's pain threshold."),
        "mean_ppt_share": Quantity("1", "Mean pressure over the site's pain threshold."),
        "seconds": Quantity("s", "How long."),
        "seconds_above_50_percent_ppt": Quantity("s", _STAYED.format(50), "s_above_50_pct_ppt"),
        "seconds_above_70_percent_ppt": Quantity("s", _STAYED.format(70), "s_above_70_pct_ppt"),
        "seconds_above_100_percent_ppt": Quantity("s", _STAYED.format(100), "s_above_100_pct_ppt"),
        "highest_rating": Quantity("1", "Highest rating during the treatment, 0 to 10."),
        "good_pain_share": Quantity("1", "Share of the ratings within the band of good pain."),
        "n_doses": Quantity("1", "How many treatments the recording holds."),
    }
)

OF_A_SESSION = (
    "ppt_kpa",
    "latent_ppt_kpa",
    "secant_stiffness_n_mm",
    "tangent_stiffness_5n_n_mm",
    "tangent_stiffness_10n_n_mm",
    "tangent_stiffness_20n_n_mm",
    "tangent_stiffness_30n_n_mm",
    "fung_a_n",
    "fung_b_per_mm",
    "power_exponent",
    "relaxation_fraction",
    "relaxation_equilibrium_fraction",
    "energy_loss_ratio",
    "effective_modulus_kpa",
    "cv",
    "frequency_hz",
    "stiffness_n_m",
    "log_decrement",
    "cv_frequency_hz",
    "cv_stiffness_n_m",
    "cv_log_decrement",
    "stiffness_n_m_rad",
    "damping_n_m_s_rad",
    "stiffness_with_weight_n_m_rad",
    "slack_angle_deg",
    "limb_weight_n_m",
    "limb_inertia_kg_m2",
    "work_difference_j",
    "slow_range_end_deg",
    "range_deg",
    "start_deg",
    "end_deg",
    "mdc_deg",
    "n_doses",
    "contact_s",
    "impulse_kpa_s",
    "mean_kpa",
    "holds",
    "longest_hold_s",
    "alternations",
    "seconds_above_50_percent_ppt",
    "seconds_above_70_percent_ppt",
    "seconds_above_100_percent_ppt",
    "travel_mm",
    "good_pain_share",
)
_OF_A_SESSION_ALONE = frozenset(
    {
        "ppt_kpa",
        "latent_ppt_kpa",
        "cv",
        "cv_frequency_hz",
        "cv_stiffness_n_m",
        "cv_log_decrement",
        "stiffness_n_m_rad",
        "damping_n_m_s_rad",
        "stiffness_with_weight_n_m_rad",
        "slack_angle_deg",
        "limb_weight_n_m",
        "limb_inertia_kg_m2",
        "work_difference_j",
        "slow_range_end_deg",
        "mdc_deg",
        "n_doses",
        "good_pain_share",
    }
)
OF_A_TRIAL = tuple(name for name in QUANTITIES if name not in _OF_A_SESSION_ALONE)
# What a name ends in tells the unit of a quantity of another package; the first that fits counts.
_ENDINGS = (
    ("_n_mm", "N/mm"),
    ("_n_m_s_rad", "N m s/rad"),
    ("_n_m_rad", "N m/rad"),
    ("_n_m", "N/m"),
    ("_kpa_s", "kPa/s"),
    ("_kpa", "kPa"),
    ("_mm_s", "mm/s"),
    ("_mm_n", "mm/N"),
    ("_mm", "mm"),
    ("_deg_s", "deg/s"),
    ("_deg", "deg"),
    ("_n_s", "N/s"),
    ("_m_s2", "m/s2"),
    ("_per_mm", "1/mm"),
    ("_hz", "Hz"),
    ("_n", "N"),
    ("_j", "J"),
    ("_s", "s"),
)


def unit_of(quantity: str) -> str:
    """Return the unit of a quantity, from the table or from what its name ends in; else "1"."""
    if quantity in QUANTITIES:
        return QUANTITIES[quantity].unit
    fitting = (unit for ending, unit in _ENDINGS if quantity.endswith(ending))
    return next(fitting, "1")
