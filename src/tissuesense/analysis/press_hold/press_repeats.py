"""Presses on the same place one after the other: what one leaves behind for the next.

The first press makes soft tissue yield, as L. Mullins (1948) described it of rubber: it may read
otherwise than all that follow. And tissue that has not recovered from one press meets the next
softened.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from tissuesense.analysis.agreement.repeats import first_against_others
from tissuesense.analysis.press_hold.result import IndentationPress
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate

_FEWEST_OTHERS = 2
# How far presses of one hand on one place usually scatter, and how many of them that is worth: two
# or three know their own scatter badly.
_USUAL_CV = 0.03
_USUAL_DOF = 4.0
_RESTED_TAUS = 3.0


def marked(presses: Sequence[IndentationPress]) -> tuple[IndentationPress, ...]:
    """Return the presses with the flags that only their being a series can tell."""
    return _conditioning_left_out(_short_rests_told(presses))


def _short_rests_told(presses: Sequence[IndentationPress]) -> list[IndentationPress]:
    told, longest_s = list(presses[:1]), None
    for before, press in pairwise(presses):
        longest_s = before.longest_tau_s or longest_s
        rest_s = None if press.contact_s is None else press.contact_s - before.end_s
        if rest_s is not None and longest_s is not None and rest_s < _RESTED_TAUS * longest_s:
            press = _with(press, QualityFlag.SHORT_REST)  # noqa: PLW2901 - the same press, flagged
        told.append(press)
    return told


def _conditioning_left_out(presses: list[IndentationPress]) -> tuple[IndentationPress, ...]:
    """Leave the first press out where it differs from at least two others beyond their scatter."""
    accepted = [press for press in presses if press.accepted]
    stiffness = [press.secant_stiffness_n_mm for press in accepted]
    logs = [np.log(k.value) for k in stiffness if isinstance(k, Estimate) and k.value > 0]
    if len(logs) < len(accepted) or len(logs) <= _FEWEST_OTHERS or accepted[0] is not presses[0]:
        return tuple(presses)
    found = first_against_others(np.array(logs), usual_sd=_USUAL_CV, usual_dof=_USUAL_DOF)
    if not found.unlike:
        return tuple(presses)
    first = replace(_with(presses[0], QualityFlag.CONDITIONING), accepted=False)
    return (first, *presses[1:])


def _with(press: IndentationPress, flag: QualityFlag) -> IndentationPress:
    return replace(press, flags=tuple(dict.fromkeys((*press.flags, flag))))
