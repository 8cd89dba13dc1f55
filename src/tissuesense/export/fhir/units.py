"""The UCUM unit of a measured quantity, from its name: in this program names end with the unit."""

# The first ending that fits counts. UCUM: G. Schadow and C. J. McDonald, the Unified Code for Units
# of Measure; "1" is its unit of a pure number.
_ENDINGS = (
    ("impulse_kpa_s", "kPa.s"),
    ("limb_weight_n_m", "N.m"),
    ("_deg_per_deg_s", "s"),
    ("_n_m_s_rad", "N.m.s/rad"),
    ("_n_m_rad", "N.m/rad"),
    ("_kg_m2", "kg.m2"),
    ("_n_mm", "N/mm"),
    ("_n_m", "N/m"),
    ("_n_s", "N/s"),
    ("_kpa_s", "kPa/s"),
    ("_per_mm", "/mm"),
    ("_deg_s", "deg/s"),
    ("_mm_s", "mm/s"),
    ("_m_s2", "m/s2"),
    ("_kpa", "kPa"),
    ("_mm", "mm"),
    ("_hz", "Hz"),
    ("_deg", "deg"),
    ("_j", "J"),
    ("_n", "N"),
    ("_s", "s"),
)
_SECONDS = ("seconds", "seconds_above_")


def unit_of(name: str) -> str:
    """Return the unit of a quantity such as "threshold_kpa"; "1" where its name ends with none.

    Examples
    --------
    >>> unit_of("ramp_rate_kpa_s"), unit_of("impulse_kpa_s"), unit_of("power_exponent")
    ('kPa/s', 'kPa.s', '1')
    """
    if name.startswith("cv_"):
        return "1"
    if name == _SECONDS[0] or name.startswith(_SECONDS[1]):
        return "s"
    return next((unit for ending, unit in _ENDINGS if name.endswith(ending)), "1")


def known_unit(text: str) -> str | None:
    """Return the UCUM unit that somebody's own spelling is; None where it is none of ours."""
    spelled = text.strip().replace("°", "deg")
    return spelled if spelled in _WRITTEN else None


UNITS = frozenset(unit for _, unit in _ENDINGS) | {"1", "%", "cm2", "cm", "kg", "Cel", "{score}"}
_WRITTEN = UNITS - {"{score}"}
