"""One statement of each kind that is entered by hand, as JSON that somebody would type."""

from collections.abc import Mapping
from typing import Any

SITE = {"site": "trapezius_upper", "side": "left"}
ABOUT_A_CLIENT: Mapping[str, dict[str, Any]] = {
    "identity": {"name": "Ann Example", "birth_date": "1980-02-29"},
    "profile": {"birth_year": 1980, "sex_at_birth": "female", "handedness": "right"},
    "consent": {"purpose": "treatment", "given": True, "on": "2026-01-05"},
    "screen": {"answers": [{"item": "anticoagulant", "answer": "yes"}], "ceiling_kpa": 300},
    "episode": {"title": "Neck", "opened_on": "2026-01-05"},
    "complaint": {"kind": "headache", "side": "left", "nrs_now": 6},
    "posture": {"finding": "forward_head", "degree": 2, "view": "left"},
    "daily_life": {"topic": "ergonomics", "answer": "laptop", "habit": "desk_work"},
    "referral": {"prescriber": "Dr. A. Example", "on": "2026-01-02", "condition": "neck pain"},
    "care_plan": {"starts_on": "2026-01-05", "phases": [{"per_week": 2, "weeks": 3}]},
    "goal": {"text": "a day without headache"},
}
IN_A_VISIT: Mapping[str, dict[str, Any]] = {
    "site_list": {"sites": [{"name": "scalenes", "side": "left"}], "catalogue": "1.0"},
    "palpation": {**SITE, "tenderness": 2, "tone": 1},
    "joint": {"joint": "neck", "movement": "rotation", "side": "left", "active_deg": 60},
    "dose": {**SITE, "technique": "mfr", "seconds": 90, "nrs_during": 6},
    "not_done": {"what": "right suboccipitals", "reason": "refused"},
    "note": {"subjective": "Headache since Monday"},
    "void": {"measurement": "M-7QK4Z0A0", "why": "wrong side"},
    "closed": {"closed_at": "2026-01-05T10:00:00+00:00"},
}
ABOUT_THE_PRACTICE: Mapping[str, dict[str, Any]] = {
    "practice": {"name": "Example Practice"},
    "practitioner": {"name": "M. Example", "credential": "LMT"},
}
