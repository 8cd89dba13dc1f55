"""Sites, hands and kinds in a therapist's words."""

from collections.abc import Sequence
from datetime import date

from tissuesense.core.dates import day
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite, ComplaintKind, Side
from tissuesense.record.care import Phase
from tissuesense.record.intake import Complaint
from tissuesense.record.joint import JointFinding
from tissuesense.record.scales import TardieuEntry
from tissuesense.record.treatment import Technique, TreatmentDose
from tissuesense.record.visit import TENDERNESS_WORDS, TONE_WORDS, Block, ManualFinding, Temperature

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


_COMPLAINTS = {
    ComplaintKind.HEADACHE: "headache",
    ComplaintKind.NUMBNESS: "numbness or tingling",
    ComplaintKind.REDUCED_ROM: "reduced range of motion",
    ComplaintKind.HYPERTONIA: "firm or knotted muscle",
    ComplaintKind.PAIN: "pain",
}
_MINUTE_S = 60.0


_STOPS = {
    "button_patient": "a button in the client's hand",
    "button_patient_ble": "a wireless button in the client's hand",
    "verbal_tester_button": "the client's word, marked by the tester with a button",
    "verbal_peak": "the client's word, on which the tester lets go",
    "tester_release_on_sign": "a sign of the client, on which the tester lets go",
}
_MODALITIES = {
    Technique.NMT_ISCHEMIC: "neuromuscular",
    Technique.NMT_ALTERNATING: "neuromuscular",
    Technique.MFR: "myofascial",
    Technique.OTHER: "other",
}


def stop_words(mode: str) -> str:
    """Return how a press was ended."""
    return _STOPS.get(mode, mode.replace("_", " "))


def modality_words(dose: TreatmentDose) -> str:
    """Return which modality a treatment belongs to."""
    return _MODALITIES[dose.technique]


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


def hand_details(found: ManualFinding) -> str:
    """Return what palpation found beside tenderness and tone; empty where nothing was noted."""
    yes_or_no = (
        ("taut band", found.taut_band),
        ("local twitch", found.twitch),
        ("referred pain", None if found.refers_to and found.refers else found.refers),
    )
    said = [name if there else f"no {name}" for name, there in yes_or_no if there is not None]
    if found.refers and found.refers_to:
        said.append(f"refers to {found.refers_to}")
    if found.temperature is not None:
        same = found.temperature is Temperature.SAME
        said.append("skin as warm as around it" if same else f"skin {found.temperature}")
    return ", ".join([*said, *([found.texture] if found.texture else [])])


def complaint_words(told: Complaint) -> str:
    """Return a complaint as a heading says it: "Headache, left side of the head"."""
    where = told.region or ("" if told.side is None else str(told.side))
    sided = told.side is None or str(told.side) in where.casefold().split()
    side = "" if sided else f", {told.side}"
    name = _COMPLAINTS[told.kind]
    return f"{name.capitalize()}, {where}{side}" if where else name.capitalize()


def duration_words(seconds: float) -> str:
    """Return "45 s" or "2.5 min"."""
    if seconds < _MINUTE_S:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE_S:.1f} min".replace(".0 min", " min")


def rhythm(phase: Phase) -> str:
    """Return the rhythm of a phase in the few letters that a figure has room for."""
    if phase.every_weeks is not None:
        return f"every {_span(phase.every_weeks, phase.every_weeks_to)} weeks"
    return f"{_span(phase.per_week or 0.0, phase.per_week_to)} a week"


def _span(low: float, high: float | None) -> str:
    return f"{low:g}" if high in {None, low} else f"{low:g}-{high:g}"


def short_day(moment: date) -> str:
    """Return "5 Jan 2026", for tables."""
    number, month, year = day(moment).split()
    return f"{number}\N{NO-BREAK SPACE}{month[:3]}\N{NO-BREAK SPACE}{year}"


def plural(count: int, noun: str) -> str:
    """Return "1 visit" or "3 visits"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def block_words(block: Block) -> str:
    """Return when in the visit something was found."""
    return _BLOCKS[block]


def when_words(blocks: Sequence[Block], block: Block) -> str:
    """Return ", before treatment" in a visit that has several blocks, else nothing."""
    return f", {block_words(block)}" if len(blocks) > 1 else ""


def joint_place(found: JointFinding) -> str:
    """Return a movement as a heading says it: "Neck, rotation, left"."""
    side = "" if found.side is Side.MIDLINE else f", {found.side}"
    return f"{found.joint.capitalize()}, {found.movement}{side}".replace("_", " ")


def joint_words(found: JointFinding) -> str:
    """Return what the hands found at a joint."""
    said = [
        f"{name} {angle:g}°"
        for name, angle in (("active", found.active_deg), ("passive", found.passive_deg))
        if angle is not None
    ]
    if found.end_feel is not None:
        said.append(f"end feel {found.end_feel}")
    if found.pain is not None:
        said.append("painful" if found.pain else "not painful")
    if found.ashworth is not None:
        said.append(f"Modified Ashworth {found.ashworth}: {found.ashworth.meaning}")
    if found.tardieu is not None:
        said.append(_tardieu_words(found.tardieu))
    return "; ".join([*said, *([found.note] if found.note else [])]) or "seen"


def _tardieu_words(entry: TardieuEntry) -> str:
    angles = [
        f"{name} {angle:g}°"
        for name, angle in (("R1", entry.r1_deg), ("R2", entry.r2_deg))
        if angle is not None
    ]
    return ", ".join([f"Modified Tardieu {entry.quality}: {entry.meaning}", *angles])
