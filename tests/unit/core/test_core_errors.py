"""Every error has a code of its own, facts as attributes, and a place in the drawn tree."""

import re
from pathlib import Path

import pytest

from tissuesense.core import errors
from tissuesense.core.errors import (
    CaptureError,
    ConfigurationError,
    DeviceNotFound,
    FileWriteError,
    LinkLost,
    MissingExtraError,
    NoColumn,
    NoProbeArea,
    RadioProblem,
    RadioUnavailable,
    RecordNotFound,
    TissueSenseError,
    TraceFileError,
    TransportError,
    TransportTimeout,
    UsageError,
)


def everything_below(kind: type[TissueSenseError]) -> list[type[TissueSenseError]]:
    below = kind.__subclasses__()
    return [kind, *(deeper for child in below for deeper in everything_below(child))]


TREE = [kind for kind in everything_below(TissueSenseError) if kind.__module__ == errors.__name__]


def drawn_parents() -> dict[str, str | None]:
    """Read the drawing: each name with the name that it hangs from."""
    drawing = (errors.__doc__ or "").partition("::")[2]
    parents: dict[str, str | None] = {}
    above: list[tuple[int, str]] = []
    for line in drawing.splitlines():
        found = re.match(r"^( *(?:\| *)*(?:\+-- )?)([A-Z][A-Za-z]+)(?= |$)", line)
        if found is None or (parents and "+--" not in found[1]):
            continue
        depth, name = len(found[1]), found[2]
        above = [(d, n) for d, n in above if d < depth]
        parents[name] = above[-1][1] if above else None
        above.append((depth, name))
    return parents


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_every_error_hangs_in_the_drawing_where_it_hangs_in_the_code(
    kind: type[TissueSenseError],
) -> None:
    parent = kind.__bases__[0].__name__ if kind is not TissueSenseError else None
    assert drawn_parents()[kind.__name__] == parent


def test_nothing_is_drawn_that_is_not_there() -> None:
    assert set(drawn_parents()) == {kind.__name__ for kind in TREE}


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_every_error_says_its_own_code(kind: type[TissueSenseError]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", vars(kind)["code"])


def test_no_two_errors_share_a_code() -> None:
    codes = [kind.code for kind in TREE]
    assert len(set(codes)) == len(codes)


def test_an_error_reads_as_its_message_and_keeps_its_hint() -> None:
    error = TissueSenseError("Something is wrong.", hint="Do something else.")
    assert (str(error), error.message, error.hint) == (
        "Something is wrong.",
        "Something is wrong.",
        "Do something else.",
    )


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (UsageError("no"), ValueError),
        (NoProbeArea(), ValueError),
        (TransportTimeout("no", endpoint="serial:/dev/ttyUSB0"), TimeoutError),
        (RecordNotFound("no"), LookupError),
    ],
    ids=lambda item: getattr(item, "__name__", type(item).__name__),
)
def test_an_error_is_also_what_plain_python_calls_it(
    error: Exception, builtin: type[Exception]
) -> None:
    with pytest.raises(builtin):
        raise error


def test_facts_are_attributes() -> None:
    path = Path("a.csv")
    assert NoColumn("force_n", kind="ppt").column == "force_n"
    assert ConfigurationError("no", known=iter(["a", "b"])).known == ("a", "b")
    assert MissingExtraError("PDF", extra="pdf").extra == "pdf"
    assert (TraceFileError("no", path=path, line=3).path, TraceFileError("no", path=path).line) == (
        path,
        None,
    )
    assert TransportError("no", endpoint="ble:x").endpoint == "ble:x"
    radio = RadioUnavailable("no", endpoint="ble:x", reason=RadioProblem.POWERED_OFF)
    assert radio.reason is RadioProblem.POWERED_OFF
    missing = DeviceNotFound("no", endpoint="ble:x", seen=iter(["ble:y"]))
    assert (missing.looked_for, missing.seen) == ("ble:x", ("ble:y",))
    assert LinkLost("no", endpoint="ble:x", last_sample_t_s=1.5).last_sample_t_s == 1.5
    damaged = CaptureError("no", path=path, offset=12)
    assert (damaged.path, damaged.offset) == (path, 12)
    assert FileWriteError("no", path=path).path == path


def test_a_missing_part_says_how_to_install_it() -> None:
    assert "pip install 'tissuesense[pdf]'" in MissingExtraError("A PDF", extra="pdf").hint


def test_a_missing_area_says_what_to_write_where() -> None:
    assert "probe_area_cm2" in NoProbeArea().hint


def test_the_problem_with_a_trace_file_may_have_a_code_of_its_own() -> None:
    path = Path("a.csv")
    assert TraceFileError("no", path=path, code="empty").problem == "empty"
    assert TraceFileError("no", path=path).problem == "trace_file"
