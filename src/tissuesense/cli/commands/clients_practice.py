"""`tissuesense clients practice`: the practice itself, and who works in it."""

from typing import Annotated

import typer

from tissuesense.cli.output import print_json, say
from tissuesense.cli.stated import FromOption, json_object
from tissuesense.cli.store_option import DataOption, PlainOption, open_from_terminal


def command(
    context: typer.Context,
    source: FromOption = None,
    data: DataOption = None,
    plain: PlainOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write down the practice and its people, or show them; reports are headed by it.

    practice.json: {"practice": {"name": "Example Practice"},
    "practitioners": [{"name": "M. Example", "credential": "LMT"}]}

    Example: tissuesense clients practice --from practice.json
    """
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.record.statements import statement_json
    from tissuesense.services.practice import keep_practice, practice_and_people

    stated = None if source is None else json_object(source)
    asked = data or context.obj
    with open_from_terminal(asked, create=stated is not None, plain=plain) as store:
        if stated is not None:
            kept = keep_practice(store, stated, clock=SystemClock(), rng=np.random.default_rng())
            say("Written down." if kept else "All of it stands there already.")
        practice, people = practice_and_people(store)
    if as_json:
        print_json(
            {
                "practice": statement_json("practice", practice),
                "practitioners": [statement_json("practitioner", each) for each in people],
            }
        )
        return
    print(", ".join(filter(None, (practice.name, practice.address))) or "No name was stated.")
    print(f"Records are kept for {practice.retention_years:g} years after the last visit.")
    for each in people:
        role = each.role.replace("_", " ")
        print(", ".join(filter(None, (each.name, each.credential, role))))
