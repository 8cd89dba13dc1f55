"""Range of motion: start, end and range of every movement in an angle, and their scatter."""

import math

from tissuesense.analysis.movement.movement_angle import Movement, find_movements
from tissuesense.analysis.movement.movement_ends import EndLevel, movement_ends
from tissuesense.analysis.movement.range_of_motion_result import (
    RangeAnalysis,
    RangeMovement,
    summarise,
)
from tissuesense.analysis.result import Estimator
from tissuesense.analysis.signals.cleaning import CleanSignal, clean
from tissuesense.core.errors import NoColumn, UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind

_WAYS_OF_MOVING = ("active", "passive")


def analyse_range_of_motion(recording: Recording) -> RangeAnalysis:
    """Find every movement of a recording and how far it went.

    Raises
    ------
    NoColumn
        When the recording has no angle.
    UsageError
        When the side-car's `movement` is neither active nor passive.
    """
    trace, context = recording.trace, recording.context
    if trace.angle_deg is None:
        raise NoColumn("angle_deg", kind=str(RecordingKind.ROM))
    way_of_moving = _way_of_moving(context)
    angle = clean(trace.t_s, trace.angle_deg)
    found = find_movements(trace.t_s, angle)
    ends = movement_ends(found, trace.t_s, angle)
    movements = tuple(
        _movement(index, movement, start, end, angle, gap=movement.has_gap(trace.t_s))
        for index, (movement, (start, end)) in enumerate(zip(found, ends, strict=True), start=1)
    )
    raised = {
        QualityFlag.NO_MOVEMENT: not movements,
        QualityFlag.SPIKES: bool(angle.is_spike.any()),
    }
    return summarise(
        movements,
        [flag for flag, is_raised in raised.items() if is_raised],
        joint=context.text("joint"),
        movement=way_of_moving,
    )


ESTIMATOR = Estimator(
    name="range_of_motion",
    version="1",
    kinds=frozenset({RecordingKind.ROM}),
    analyse=analyse_range_of_motion,
)


def _way_of_moving(context: RecordingContext) -> str | None:
    stated = context.text("movement")
    if stated is not None and stated not in _WAYS_OF_MOVING:
        raise UsageError(f"movement is {' or '.join(_WAYS_OF_MOVING)}, not '{stated}'.")
    return stated


def _movement(
    index: int,
    movement: Movement,
    start: EndLevel,
    end: EndLevel,
    angle: CleanSignal,
    *,
    gap: bool,
) -> RangeMovement:
    grain = angle.resolution / math.sqrt(12.0)
    return RangeMovement(
        index=index,
        start_s=movement.start_s,
        end_s=movement.end_s,
        start_deg=_end(start, grain),
        end_deg=_end(end, grain),
        range_deg=Estimate.from_budget(
            abs(end.deg - start.deg),
            {
                "noise": math.hypot(start.noise_u_deg, end.noise_u_deg),
                "definition": math.hypot(start.definition_u_deg, end.definition_u_deg),
                "resolution": math.sqrt(2.0) * grain,
            },
            unit="deg",
        ),
        peak_speed_deg_s=movement.peak_speed_deg_s,
        accepted=not gap,
        flags=(QualityFlag.GAP,) if gap else (),
    )


def _end(level: EndLevel, grain: float) -> Estimate:
    budget = {
        "noise": level.noise_u_deg,
        "definition": level.definition_u_deg,
        "resolution": grain,
    }
    return Estimate.from_budget(level.deg, budget, unit="deg")
