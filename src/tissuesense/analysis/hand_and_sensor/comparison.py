"""Which finding of the hand may be set beside which measurement, and nothing else.

Tenderness is set beside the pain threshold, tone beside stiffness. Tone beside a pain threshold
compares two different things, so that there is no such row.
"""

from dataclasses import dataclass

from tissuesense.core.errors import UsageError

_FEWEST_GRADES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A scale of the hand and the quantity of the sensor that belongs to it.

    Attributes
    ----------
    hand, sensor
        In words: "tenderness", "pain threshold".
    grades
        Of the scale, rising.
    rising
        Whether the measured value is expected to rise with the grade.
    unit
        Of the measured values, which are positive. Pain thresholds of two muscles differ without
        any tenderness, so that values in kPa are compared within one muscle, tip and rate; over
        several muscles a ratio is, to the other side or to a control site, and the unit is then "".
    """

    hand: str
    sensor: str
    grades: tuple[int, ...]
    rising: bool
    unit: str

    def __post_init__(self) -> None:
        if len(self.grades) < _FEWEST_GRADES or list(self.grades) != sorted(set(self.grades)):
            raise UsageError(f"Grades rise from the first to the last, not {self.grades}.")

    @property
    def sign(self) -> int:
        """1 where the value rises with the grade, -1 where it falls."""
        return 1 if self.rising else -1


TENDERNESS = Comparison(
    hand="tenderness", sensor="pain threshold", grades=(0, 1, 2, 3), rising=False, unit="kPa"
)
TONE = Comparison(
    hand="tone", sensor="stiffness", grades=(-2, -1, 0, 1, 2), rising=True, unit="N/mm"
)
