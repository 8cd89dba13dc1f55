"""Why a press does not give one of its numbers, in words for the person who pressed."""

from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import NotEstimable

NO_DISPLACEMENT = NotEstimable(
    reason=QualityFlag.NO_DISPLACEMENT,
    detail="Stiffness needs a displacement; use a gauge or a collar that measures it.",
)
NOT_RELEASED = NotEstimable(
    reason=QualityFlag.NOT_RELEASED,
    detail="The recording ends before the release; keep recording until the tip is free.",
)
PRELOADED = NotEstimable(
    reason=QualityFlag.PRELOAD,
    detail="The recording begins on the skin; start it before touching.",
)
TOO_COARSE = NotEstimable(
    reason=QualityFlag.POOR_FIT,
    detail="The tip cannot be seen to move in while the force rises; press more slowly, or check "
    "the displacement sensor.",
)
NOT_SEEN_LONG_ENOUGH = NotEstimable(
    reason=QualityFlag.OUTSIDE_WINDOW,
    detail="The hold is too short, or too weak, for a power law of time; hold it longer.",
)
NOT_HELD = NotEstimable(
    reason=QualityFlag.NO_HOLD, detail="The press was not held for a second; hold it."
)
FORCE_WAS_HELD = NotEstimable(
    reason=QualityFlag.CREEP,
    detail="The force was held, not the depth; keep the tip still against a stop.",
)
HAND_MOVED = NotEstimable(
    reason=QualityFlag.HAND_DRIFT,
    detail="The hand moved too far during the hold; brace it, and hold the depth.",
)
