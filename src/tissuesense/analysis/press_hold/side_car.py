"""What the side-car of a press and hold says of the hand and of the place."""

from dataclasses import dataclass

from tissuesense.analysis.press_hold.force_only import HandSpeed
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import NoProbeArea, UsageError
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import RecordingContext

_FLAT = "flat"
_USUAL_THICKNESS_SHARE = 0.10
_OF_THE_HAND = ("hand_speed_mm_s", "hand_speed_uncertainty_mm_s", "hand_speed_source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The tissue between a flat tip and the bone.

    Attributes
    ----------
    u_assumed
        The uncertainty of the thickness was not stated; a tenth of it is taken.
    """

    tip: ContactTip
    thickness_mm: Estimate
    u_assumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IndentationSideCar:
    """The keys that recordings of press and hold alone have.

    Attributes
    ----------
    hand_speed
        How fast it was pressed, known from elsewhere than the recording.
    depth_stop
        Whether a stop kept the tip where it was during the hold.
    layer
        None where the thickness is not stated, or the tip is not flat.
    """

    hand_speed: HandSpeed | None = None
    depth_stop: bool = False
    layer: Layer | None = None

    @classmethod
    def of(cls, context: RecordingContext) -> "IndentationSideCar":
        """Read the keys.

        Raises
        ------
        UsageError
            When one is of the wrong kind, or missing beside those that need it; the message names
            the key.
        NoProbeArea
            When the thickness is stated and the area of the tip is not.
        """
        depth_stop = context.extra.get("depth_stop", False)
        if not isinstance(depth_stop, bool):
            raise UsageError(f"depth_stop must be true or false, not {depth_stop!r}.")
        return cls(hand_speed=_hand_speed(context), depth_stop=depth_stop, layer=_layer(context))


def _hand_speed(context: RecordingContext) -> HandSpeed | None:
    speed, uncertainty, origin = _OF_THE_HAND
    mm_s, u_mm_s = context.number(speed), context.number(uncertainty)
    source = context.text(origin)
    if mm_s is None and u_mm_s is None and source is None:
        return None
    if mm_s is None or u_mm_s is None or source is None:
        stated = zip(_OF_THE_HAND, (mm_s, u_mm_s, source), strict=True)
        missing = next(key for key, value in stated if value is None)
        raise UsageError(
            f"{missing} is missing.",
            hint="The speed of a hand needs its uncertainty, and where it is known from.",
        )
    return HandSpeed(mm_s=mm_s, u_mm_s=u_mm_s, source=source)


def _layer(context: RecordingContext) -> Layer | None:
    thickness_mm = context.number("tissue_thickness_mm", positive=True)
    u_mm = context.number("tissue_thickness_uncertainty_mm", positive=True)
    if thickness_mm is None:
        return None
    if context.tip is None:
        raise NoProbeArea
    shape = context.text("tip_shape")
    if shape is not None and _FLAT not in shape.split():
        return None
    known = _USUAL_THICKNESS_SHARE * thickness_mm if u_mm is None else u_mm
    return Layer(
        tip=context.tip,
        thickness_mm=Estimate(value=thickness_mm, standard_uncertainty=known, unit="mm"),
        u_assumed=u_mm is None,
    )
