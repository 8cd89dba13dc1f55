"""The file: one Bundle, written entry by entry, every resource checked before it is."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from tissuesense.core.errors import FileWriteError, MissingExtraError
from tissuesense.export.fhir.chart import Chart
from tissuesense.export.fhir.client import resources_of
from tissuesense.export.fhir.codes import code_system
from tissuesense.export.fhir.elements import Json, full_url, instant
from tissuesense.export.fhir.shared import Shared
from tissuesense.export.own_words import without_words
from tissuesense.export.registry import Request


def write_bundle(request: Request) -> None:
    """Write a collection Bundle of every client; memory holds one client at a time.

    Raises
    ------
    MissingExtraError
        When the part of the package that checks the resources is not installed.
    FileWriteError
        When the file cannot be written, or a resource would not be FHIR; nothing is left then.
    """
    checked = _checker(request.out)
    with _replacing(request.out) as file:
        stamp = instant(request.exported_at)
        head = {"resourceType": "Bundle", "type": "collection", "timestamp": stamp}
        file.write(_json(head).removesuffix("}") + ',"entry":[')
        separator = "\n"
        for written in _resources(request):
            checked(written)
            file.write(separator + _json({"fullUrl": full_url(written), "resource": written}))
            separator = ",\n"
        file.write("\n]}\n")


def _resources(request: Request) -> Iterator[Json]:
    shared = Shared(of=request.practice)
    for record in request.records:
        identity = request.identity(record.client.id)
        told = record if identity is not None else without_words(record)
        chart = Chart(record=told, identity=identity, shared=shared)
        yield from resources_of(chart, request.capture)
        yield from shared.taken()
    yield code_system(shared.measured)


def _checker(path: Path) -> Callable[[Json], None]:
    """Return what refuses a resource that is not FHIR.

    R4B differs from R4 in none of the elements that are used here; the tests check that with a
    validator of R4 itself.
    """
    try:
        models = import_module("fhir.resources.R4B")
    except ImportError as err:
        raise MissingExtraError("The FHIR export", extra="fhir") from err
    # Without the extra there is no pydantic error of its own to name here.
    from pydantic import ValidationError  # noqa: PLC0415 - as above

    def check(written: Json) -> None:
        kind = written["resourceType"]
        try:
            models.get_fhir_model_class(kind).model_validate(written)
        except ValidationError as err:
            where = {".".join(map(str, problem["loc"])) for problem in err.errors()}
            raise FileWriteError(
                f"A {kind} would not be FHIR R4: {', '.join(sorted(where))}.",
                path=path,
                hint="The record is untouched. Please report this; the JSON export holds it all.",
            ) from None

    return check


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """Open a file that takes its name when it is whole, and leaves nothing where it is not."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        unfinished.replace(path)
    except OSError as err:
        raise FileWriteError(
            f"{path} could not be written: {err.strerror}.", path=path, hint="Choose another place."
        ) from err
    finally:
        unfinished.unlink(missing_ok=True)


def _json(content: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
