"""What a client agrees to, in the words that the client is shown; a change is a new version.

The wording is our own; a practice whose law asks for another text keeps that on paper and says so.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tissuesense.record.intake import ConsentPurpose

TEXT_VERSION = "1"
CONSENT_TEXTS: Mapping[ConsentPurpose, str] = MappingProxyType(
    {
        ConsentPurpose.TREATMENT: "I agree to be examined and treated by hand. I can say stop at "
        "any moment.",
        ConsentPurpose.MEASUREMENT: "I agree that a gauge is pressed on the places that we talk "
        "about until it begins to hurt, and no further. I can end each press myself.",
        ConsentPurpose.RESEARCH: "I agree that my measurements are used for research under my "
        "pseudonym. My care does not depend on it.",
        ConsentPurpose.SHARING: "I agree that reports of my care are given to my doctor or "
        "insurer.",
    }
)
