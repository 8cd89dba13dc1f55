"""What is measured of a site, by kind of recording: one row each, in the order of the page."""

from dataclasses import dataclass

from tissuesense.core.recording import RecordingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One quantity of a site.

    Attributes
    ----------
    session, repeat
        What it is called in the findings of a session, and of each of its repeats; None where a
        session has one value and no repeats.
    known_as
        By which name its usual measurement error is known.
    """

    title: str
    unit: str
    kind: RecordingKind
    session: str
    repeat: str | None
    known_as: str

    @property
    def heading(self) -> str:
        """Its title with the unit, as a row of a table says it."""
        return f"{self.title}, {self.unit}"


PAIN_THRESHOLD = Measure(
    title="Pain threshold",
    unit="kPa",
    kind=RecordingKind.PPT,
    session="ppt_kpa",
    repeat="threshold_kpa",
    known_as="ppt_kpa",
)
STIFFNESS = Measure(
    title="Stiffness",
    unit="N/mm",
    kind=RecordingKind.INDENTATION,
    session="secant_stiffness_n_mm",
    repeat="secant_stiffness_n_mm",
    known_as="secant_stiffness_n_mm",
)
# What the first tables of a report do not show.
FURTHER = (
    Measure(
        title="Tap frequency",
        unit="Hz",
        kind=RecordingKind.TAP,
        session="frequency_hz",
        repeat="frequency_hz",
        known_as="tap_frequency_hz",
    ),
    Measure(
        title="Tap stiffness",
        unit="N/m",
        kind=RecordingKind.TAP,
        session="stiffness_n_m",
        repeat="stiffness_n_m",
        known_as="tap_stiffness_n_m",
    ),
    Measure(
        title="Stretch stiffness",
        unit="N m/rad",
        kind=RecordingKind.STRETCH,
        session="stiffness_n_m_rad",
        repeat=None,
        known_as="stiffness_n_m_rad",
    ),
    Measure(
        title="Stretch damping",
        unit="N m s/rad",
        kind=RecordingKind.STRETCH,
        session="damping_n_m_s_rad",
        repeat=None,
        known_as="damping_n_m_s_rad",
    ),
    Measure(
        title="Range of motion",
        unit="°",
        kind=RecordingKind.ROM,
        session="range_deg",
        repeat="range_deg",
        known_as="range_deg",
    ),
)
MEASURES = (PAIN_THRESHOLD, STIFFNESS, *FURTHER)
