"""`tissuesense clients`: who is in care, what they bring, what is planned."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tissuesense.cli.commands import clients_erase, clients_passphrase, clients_practice
from tissuesense.cli.output import print_json, say, show
from tissuesense.cli.stated import (
    FromOption,
    say_what_is_not_known,
    stated_input,
    stated_statement,
)
from tissuesense.cli.store_option import DataOption, PlainOption, open_from_terminal
from tissuesense.core.errors import UsageError

if TYPE_CHECKING:
    from tissuesense.record.entry import Entry

app = typer.Typer(invoke_without_command=True)
app.command("practice")(clients_practice.command)
app.command("passphrase")(clients_passphrase.command)
app.command("erase")(clients_erase.command)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
ClientArgument = Annotated[
    str, typer.Argument(metavar="ID", help="The client's pseudonym, such as TS-7QK47.")
]


@app.callback()
def clients(context: typer.Context, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the clients with their visits and sites.

    Example: tissuesense clients --json
    """
    if context.invoked_subcommand is not None:
        context.obj = data  # `clients --data DIR add` means the same as `clients add --data DIR`
        return
    with open_from_terminal(data) as store:
        summaries = store.clients.summaries()
    if as_json:
        known = [{"id": s.client.id, "visits": s.visits, "sites": list(s.sites)} for s in summaries]
        print_json({"clients": known})
        return
    if not summaries:
        say("There is no client yet. 'tissuesense clients add' takes the first one in.")
        return
    from rich.table import Table

    table = Table("Client", "Visits", "Sites")
    for summary in summaries:
        table.add_row(summary.client.id, str(summary.visits), ", ".join(summary.sites))
    show(table)


@app.command()
def add(
    context: typer.Context,
    source: FromOption = None,
    data: DataOption = None,
    plain: PlainOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take a new client in and print the pseudonym; make the store if there is none.

    The input may have "profile" (birth_year, sex_at_birth ...) and "identity" (name, phone ...),
    which is kept apart under a key of its own.

    Example: tissuesense clients add
    """
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.services.care import enter
    from tissuesense.services.records import add_client

    stated = _parts(stated_input(source), "profile", "identity")
    clock, rng = SystemClock(), np.random.default_rng()
    with (
        open_from_terminal(data or context.obj, create=True, plain=plain) as store,
        store.transaction(),
    ):
        client = add_client(store, clock=clock, rng=rng)
        for kind, said in stated.items():
            enter(store, kind, said, client=client.id, clock=clock, rng=rng)
    if as_json:
        print_json({"id": client.id})
        return
    print(client.id)
    if "identity" not in stated:
        say("Keep it beside the name somewhere safe: the store does not know the name.")


@app.command()
def enter(
    context: typer.Context,
    client: ClientArgument,
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="complaint, screen, consent, posture ...")
    ],
    source: FromOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down something about a client: any kind that 'clients kinds' lists.

    A complaint that is told again, with its rating of the day, is a new entry; a slip is mended
    with 'visit amend ENTRY'.

    complaint.json: {"kind": "headache", "side": "left", "nrs_now": 6}

    Example: tissuesense clients enter TS-7QK47 complaint --from complaint.json
    """
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.record.client import parse_client_id
    from tissuesense.services.care import enter as enter_statement

    client_id, stated = parse_client_id(client), stated_statement(source)
    say_what_is_not_known(stated)
    with open_from_terminal(data or context.obj) as store:
        entry = enter_statement(
            store,
            kind,
            stated,
            client=client_id,
            clock=SystemClock(),
            rng=np.random.default_rng(),
        )
    _told([entry], as_json=as_json)


@app.command()
def plan(
    context: typer.Context,
    client: ClientArgument,
    source: FromOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down referral, goals and the plan's phases; print when the next visit is due.

    plan.json: {"phases": [{"per_week": 2, "per_week_to": 3, "weeks": 3},
    {"per_week": 1, "weeks": 4}, {"every_weeks": 5, "every_weeks_to": 6}],
    "referral": {"prescriber": "Dr. A. Example", "on": "2026-02-20", "condition": "neck pain"},
    "goals": [{"text": "a day without headache"}]}

    Example: tissuesense clients plan TS-7QK47 --from plan.json
    """
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.record.client import parse_client_id
    from tissuesense.record.schedule_words import due_words, phase_words
    from tissuesense.services.planning import keep_plan
    from tissuesense.services.records import load_client_record
    from tissuesense.services.standing import standing

    client_id, stated, clock = parse_client_id(client), stated_input(source), SystemClock()
    with open_from_terminal(data or context.obj) as store:
        entries = keep_plan(store, client_id, stated, clock=clock, rng=np.random.default_rng())
        record = load_client_record(store, client_id)
    held = standing(record, today=clock.local_now().date())
    if as_json:
        due = None if held is None else {"phase": phase_words(held), "due": due_words(held)}
        print_json({"client": client_id, "entries": [_answer(e) for e in entries], "next": due})
    elif held is not None:
        print(f"{phase_words(held)}; {due_words(held)}")


@app.command("show")
def show_client(
    context: typer.Context,
    client: ClientArgument,
    identity: Annotated[
        bool, typer.Option("--identity", help="Also who it is; that it was looked at is kept.")
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a client's story: complaints, plan, visits, what is due, where to begin.

    Example: tissuesense clients show TS-7QK47
    """
    import numpy as np

    from tissuesense.cli.client_story import story, story_json
    from tissuesense.core.clock import SystemClock
    from tissuesense.record.client import parse_client_id
    from tissuesense.services.identity import read_identity
    from tissuesense.services.records import load_client_record

    client_id, clock = parse_client_id(client), SystemClock()
    with open_from_terminal(data or context.obj) as store:
        record = load_client_record(store, client_id)
        who = (
            read_identity(store, client_id, why="shown", clock=clock, rng=np.random.default_rng())
            if identity
            else None
        )
    today = clock.local_now().date()
    if as_json:
        print_json(story_json(record, who, today))
        return
    for part in story(record, who, today):
        show(part)


@app.command()
def kinds(
    kind: Annotated[
        str | None, typer.Argument(metavar="KIND", help="Print the JSON Schema of one kind.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List what the record can hold, or say what one kind has.

    Example: tissuesense clients kinds complaint
    """
    from tissuesense.record.statements import KINDS, json_schema, kind_named

    if kind is not None:
        kind_named(kind)
        print_json(json_schema(kind))
        return
    known = {name: row for name, row in KINDS.items() if row.entered}
    if as_json:
        rows = [
            {"kind": name, "title": row.title, "about": row.about.value}
            for name, row in known.items()
        ]
        print_json({"kinds": rows})
        return
    from rich.table import Table

    table = Table("Kind", "What it is", "About")
    for name, row in known.items():
        table.add_row(name, row.title, row.about.value)
    show(table)


def _parts(stated: dict[str, Any], *known: str) -> dict[str, dict[str, Any]]:
    """Return the parts of an input, each an object of its own."""
    for name, part in stated.items():
        if name not in known:
            raise UsageError(
                f"There is no '{name}' here.", hint=f"It may have: {', '.join(known)}."
            )
        if not isinstance(part, dict):
            raise UsageError(f"'{name}' is a JSON object.")
    return stated


def _told(entries: "list[Entry[Any]]", *, as_json: bool) -> None:
    if as_json:
        print_json({"entries": [_answer(entry) for entry in entries]})
        return
    for entry in entries:
        print(entry.id)


def _answer(entry: "Entry[Any]") -> dict[str, Any]:
    from tissuesense.record.statements import body_of

    return {
        "entry": entry.id,
        "kind": entry.kind,
        "supersedes": entry.supersedes,
        "body": body_of(entry.kind, entry.statement),
    }
