"""Print how well recordings with known truth are analysed, and the worst cases.

Example: ``python -m tests.conformance.examiner --n 60 --seed 1 --kind ppt --worst 5``
"""

import argparse
import math
import sys
from collections import defaultdict
from collections.abc import Callable

from tests.conformance.examiner.examine import examine
from tests.conformance.examiner.generator import GENERATORS
from tests.conformance.examiner.score import PressScore, RecordingScore, Summary

_GROUPS: dict[str, Callable[[RecordingScore, PressScore], object]] = {
    "rate_hz": lambda r, _: getattr(r.parameters["sensor"], "rate_hz", None),
    "timing": lambda r, _: getattr(r.parameters["sensor"], "timing", None),
    "resolution_n": lambda r, _: getattr(r.parameters["sensor"], "resolution_n", None),
    "marker": lambda r, _: r.parameters.get("marker"),
    "wander": lambda _, p: p.parameters.get("wander"),
    "release": lambda _, p: p.parameters.get("release"),
    "plateau": lambda _, p: bool(p.parameters.get("plateau_s")),
    "from_rest": lambda _, p: bool(p.parameters.get("from_rest_n")),
    "spikes": lambda r, _: bool(getattr(r.parameters["damage"], "spikes", None)),
    "profile": lambda r, _: getattr(r.parameters.get("plan"), "profile", None),
    "held": lambda r, _: bool(getattr(r.parameters.get("plan"), "hold_s", None)),
    "hand_wander": lambda r, _: bool(getattr(r.parameters.get("plan"), "wander_mm", None)),
}


def main() -> None:
    """Run from the shell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=[*GENERATORS, "all"], default="all")
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--by", choices=list(_GROUPS), help="errors for each value of this")
    chosen = parser.parse_args()
    for kind in GENERATORS if chosen.kind == "all" else [chosen.kind]:
        summary = Summary(scores=tuple(examine(kind, chosen.n, chosen.seed)))
        _say(f"\n{kind}: {chosen.n} recordings, seed {chosen.seed}")
        _print_table(summary)
        if chosen.by:
            _print_groups(summary, chosen.by)
        if chosen.worst:
            _print_worst(summary, chosen.worst)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _print_table(summary: Summary) -> None:
    _say(f"  exact number of presses  {summary.exact_share:8.1%}")
    for name in summary.names():
        median, p90, p95 = (summary.error(name, q) for q in (0.5, 0.9, 0.95))
        _say(
            f"  {name:18} median {median:8.4f}  p90 {p90:8.4f}  p95 {p95:8.4f}"
            f"  missing {summary.missing(name)}{_share(summary.coverage(name))}"
        )
    latent = summary.coverage("latent")
    if not math.isnan(latent):
        _say(f"  latent threshold{_share(latent)}")


def _share(covered: float) -> str:
    return "" if math.isnan(covered) else f"  covered {covered:6.1%}"


def _print_groups(summary: Summary, by: str) -> None:
    groups: dict[object, list[RecordingScore]] = defaultdict(list)
    for recording in summary.scores:
        for press in recording.presses:
            one = RecordingScore(
                name=recording.name,
                expected=1,
                found=1,
                matched=1,
                presses=(press,),
                parameters=recording.parameters,
            )
            groups[_GROUPS[by](recording, press)].append(one)
    for value in sorted(groups, key=str):
        _say(f" {by} = {value}: {len(groups[value])} presses")
        _print_table(Summary(scores=tuple(groups[value])))


def _print_worst(summary: Summary, count: int) -> None:
    for recording in summary.scores:
        if not recording.exact:
            _say(f"\n  COUNT {recording.name}: {recording.found} for {recording.expected}")
            _say(f"    {recording.failure or recording.where_found}")
            _say(f"    matched {[press.name for press in recording.presses]}")
            _say(f"    {dict(recording.parameters)}")
    of = {press.name: r.parameters for r in summary.scores for press in r.presses}
    for name in {*summary.names()} - {
        "threshold_at_row",
        "rate_mean",
    }:  # the other readings of truth
        having = [press for press in summary.presses() if name in press.errors]
        for press in sorted(having, key=lambda p: -(p.errors[name] ** 2))[:count]:
            _say(f"\n  {name} {press.errors[name]:+.4f}: {press.name}")
            _say(f"    truth {dict(press.parameters)}")
            _say(f"    found {dict(press.found)}")
            _say(f"    recording {dict(of[press.name])}")


if __name__ == "__main__":
    main()
