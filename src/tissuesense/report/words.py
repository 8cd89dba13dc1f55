"""Sites, hands and kinds in a therapist's words."""

from collections.abc import Sequence

from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.record.visit import TENDERNESS_WORDS, TONE_WORDS, Block, ManualFinding

_KINDS = {
    RecordingKind.PPT: "pain threshold",
    RecordingKind.INDENTATION: "press and hold",
    RecordingKind.TOLERANCE: "pain tolerance",
    RecordingKind.TAP: "taps",
    RecordingKind.STRETCH: "stretches",
    RecordingKind.ROM: "range of motion",
    RecordingKind.DOSE: "treatment",
}
_BLOCKS = {
    Block.PRE: "before treatment",
    Block.TREATMENT: "during treatment",
    Block.POST: "after treatment",
}


def site_words(name: str) -> str:
    """Return a site as a heading says it: "Trapezius upper"."""
    return name.replace("_", " ").capitalize()


def site_and_side(site: BodySite) -> str:
    """Return a site as a caption says it: "Trapezius upper, left"."""
    name = site_words(site.name)
    return name if site.side is Side.MIDLINE else f"{name}, {site.side}"


def kind_words(kind: RecordingKind) -> str:
    """Return what was done while recording."""
    return _KINDS.get(kind, str(kind))


def hand_words(found: ManualFinding | None) -> str:
    """Return palpation in words; the note is printed apart."""
    if found is None:
        return "not examined"
    said = [
        *([] if found.tenderness is None else [TENDERNESS_WORDS[found.tenderness]]),
        *([] if found.tone is None else [f"tone {TONE_WORDS[found.tone]}"]),
    ]
    return ", ".join(said) or "see note"


def block_words(block: Block) -> str:
    """Return when in the visit something was found."""
    return _BLOCKS[block]


def when_words(blocks: Sequence[Block], block: Block) -> str:
    """Return ", before treatment" in a visit that has several blocks, else nothing."""
    return f", {block_words(block)}" if len(blocks) > 1 else ""
