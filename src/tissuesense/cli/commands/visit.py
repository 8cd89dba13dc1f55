"""`tissuesense visit`: a visit from the first question to the signature, JSON in and JSON out."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tissuesense.cli.output import print_json
from tissuesense.cli.stated import (
    AsJsonOption,
    FromOption,
    say_what_is_not_known,
    stated_input,
    stated_statement,
    taken,
)
from tissuesense.cli.store_option import DataOption, open_from_terminal
from tissuesense.cli.visit_entry import (
    enter_into_visit,
    meaning_of,
    nothing_left,
    printed,
    write_into_visit,
)
from tissuesense.core.errors import UsageError

if TYPE_CHECKING:
    from tissuesense.record.entry import Entry
    from tissuesense.record.visit import VisitId
    from tissuesense.store.opened import Store

_HELP = """A visit from the shell: JSON in, JSON out.

Example: tissuesense visit open --client TS-7QK47
"""

app = typer.Typer(no_args_is_help=True, help=_HELP)

VisitOption = Annotated[str | None, typer.Option("--visit", help="The visit's id.")]


@app.command("open")
def open_(
    client: Annotated[str | None, typer.Option(help="Pseudonym of the client.")] = None,
    practitioner: Annotated[str | None, typer.Option(help="Who treats.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why the client came.")] = None,
    intent: Annotated[str | None, typer.Option(help="medical or relaxation.")] = None,
    position: Annotated[
        str | None, typer.Option(help="prone, supine, seated or side_lying.")
    ] = None,
    source: FromOption = None,
    data: DataOption = None,
    _json: AsJsonOption = True,
) -> None:
    """Open a visit and print its id.

    Example: tissuesense visit open --client TS-7QK47
    """
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.record.client import parse_client_id
    from tissuesense.record.statements import statement_json
    from tissuesense.services.records import open_visit

    options = {
        "client": client,
        "practitioner": practitioner,
        "reason": reason,
        "intent": intent,
        "position": position,
    }
    stated = stated_input(source, **options)
    client_id = parse_client_id(taken(stated, "client"))
    if given := {"id", "opened_at"} & stated.keys():
        raise UsageError(f"A visit that is opened now has no '{min(given)}' yet.")
    with open_from_terminal(data) as store:
        visit = open_visit(
            store, client_id, clock=SystemClock(), rng=np.random.default_rng(), **stated
        )
    said = statement_json("visit", visit)
    print_json({"visit": said.pop("id"), **said})


@app.command()
def finding(
    visit: VisitOption = None,
    site: Annotated[str | None, typer.Option(help="Such as trapezius_upper.")] = None,
    side: Annotated[str | None, typer.Option(help="left, right or midline.")] = None,
    tenderness: Annotated[
        int | None, typer.Option(help="0 none, 1 says it is tender, 2 winces, 3 withdraws.")
    ] = None,
    tone: Annotated[int | None, typer.Option(help="-2 slack to 2 hard, 0 unremarkable.")] = None,
    taut_band: Annotated[
        bool | None, typer.Option("--taut-band/--no-taut-band", help="Whether one was felt.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="In your own words.")] = None,
    block: Annotated[str | None, typer.Option(help="pre, treatment or post.")] = None,
    source: FromOption = None,
    data: DataOption = None,
    _json: AsJsonOption = True,
) -> None:
    """Write down what the hands found at a site, or (with "joint" in the input) at a joint.

    Example: tissuesense visit finding --visit V-7QK4Z0A0 --site trapezius_upper --side left
    --tenderness 2 --tone 1 --note "taut band"
    """
    options = {
        "visit": visit,
        "site": site,
        "side": side,
        "tenderness": tenderness,
        "tone": tone,
        "taut_band": taut_band,
        "note": note,
        "block": block,
    }
    stated = stated_input(source, **options)
    enter_into_visit("joint" if "joint" in stated else "palpation", stated, data)


@app.command()
def treat(
    visit: VisitOption = None,
    site: Annotated[str | None, typer.Option(help="Such as trapezius_upper.")] = None,
    side: Annotated[str | None, typer.Option(help="left, right or midline.")] = None,
    technique: Annotated[
        str | None, typer.Option(help="nmt_ischemic, nmt_alternating, mfr or other.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="How long.")] = None,
    intensity: Annotated[str | None, typer.Option(help="light, moderate or deep.")] = None,
    nrs: Annotated[int | None, typer.Option(help="What the client said meanwhile, 0-10.")] = None,
    measurement: Annotated[str | None, typer.Option(help="The recording of it, if any.")] = None,
    note: Annotated[str | None, typer.Option(help="In your own words.")] = None,
    source: FromOption = None,
    data: DataOption = None,
    _json: AsJsonOption = True,
) -> None:
    """Write down what was done to a muscle, and for how long.

    Example: tissuesense visit treat --visit V-7QK4Z0A0 --site trapezius_upper --side left
    --technique nmt_alternating --seconds 90 --nrs 6
    """
    options = {
        "visit": visit,
        "site": site,
        "side": side,
        "technique": technique,
        "seconds": seconds,
        "intensity": intensity,
        "nrs_during": nrs,
        "measurement": measurement,
        "note": note,
    }
    enter_into_visit("dose", stated_input(source, **options), data)


@app.command()
def skip(
    visit: VisitOption = None,
    what: Annotated[str | None, typer.Option(help="What was left out.")] = None,
    reason: Annotated[
        str | None,
        typer.Option(
            help="not_done, refused, not_reachable, too_painful, device_fault or screened."
        ),
    ] = None,
    source: FromOption = None,
    data: DataOption = None,
    _json: AsJsonOption = True,
) -> None:
    """Write down what was planned and left out, and why.

    Example: tissuesense visit skip --visit V-7QK4Z0A0 --what "right suboccipitals"
    --reason refused
    """
    enter_into_visit("not_done", stated_input(source, visit=visit, what=what, reason=reason), data)


@app.command()
def void(
    visit: VisitOption = None,
    measurement: Annotated[
        str | None, typer.Option(help="The measurement's id; of imported numbers, E-...")
    ] = None,
    why: Annotated[str | None, typer.Option(help="Such as: wrong side.")] = None,
    source: FromOption = None,
    data: DataOption = None,
    _json: AsJsonOption = True,
) -> None:
    """Strike a measurement out: it stays in the record and counts for nothing.

    Numbers that were imported without samples are struck out by the id of their entry, which
    'tissuesense clients show' prints.

    Example: tissuesense visit void --visit V-7QK4Z0A0 --measurement M-7QK4Z0A0 --why "wrong side"
    """
    from tissuesense.services.care import strike_out

    stated = stated_input(source, visit=visit, measurement=measurement, why=why)
    write_into_visit(
        stated, data, lambda store, visit_id, rest, by: strike_out(store, visit_id, rest, **by)
    )


@app.command()
def note(
    visit: VisitOption = None,
    subjective: Annotated[str | None, typer.Option(help="What the client says.")] = None,
    objective: Annotated[
        str | None, typer.Option(help="What was found; left out: written from the findings.")
    ] = None,
    assessment: Annotated[str | None, typer.Option(help="What you make of it.")] = None,
    plan: Annotated[str | None, typer.Option(help="What comes next.")] = None,
    source: FromOption = None,
    data: DataOption = None,
    _json: AsJsonOption = True,
) -> None:
    """Write the SOAP note; its objective part starts from what was found and measured.

    Example: tissuesense visit note --visit V-7QK4Z0A0 --subjective "Headache since Monday"
    """
    options = {
        "visit": visit,
        "subjective": subjective,
        "objective": objective,
        "assessment": assessment,
        "plan": plan,
    }
    from tissuesense.services.objective import write_note

    stated = stated_input(source, **options)
    write_into_visit(
        stated, data, lambda store, visit_id, rest, by: write_note(store, visit_id, rest, **by)
    )


@app.command()
def sign(
    visit: VisitOption = None,
    signer: Annotated[str | None, typer.Option(help="Your printed name.")] = None,
    meaning: Annotated[str | None, typer.Option(help="author, review or approval.")] = None,
    source: FromOption = None,
    data: DataOption = None,
    _json: AsJsonOption = True,
) -> None:
    """Sign a visit as it stands; what is amended later is seen to be later.

    Example: tissuesense visit sign --visit V-7QK4Z0A0 --signer "M. Example, LMT"
    """
    from tissuesense.services.care import sign as sign_visit

    def write(
        store: "Store", visit_id: "VisitId", rest: dict[str, Any], by: dict[str, Any]
    ) -> "Entry[Any]":
        name, said = taken(rest, "signer"), taken(rest, "meaning", "author")
        nothing_left(rest)
        return sign_visit(store, visit_id, signer=name, meaning=meaning_of(said), **by)

    write_into_visit(stated_input(source, visit=visit, signer=signer, meaning=meaning), data, write)


@app.command()
def amend(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The entry's id: E-...")],
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    source: FromOption = None,
    data: DataOption = None,
    _json: AsJsonOption = True,
) -> None:
    """Write down what an entry should have said; the old one stays readable.

    The input has what changes; without --reason, the "reason" too. What belongs to no visit, such
    as a complaint, is amended here as well.

    change.json: {"tenderness": 1}

    Example: tissuesense visit amend E-7QK4Z0A0BV --reason "the other side" --from change.json
    """
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.record.entry import parse_entry_id
    from tissuesense.services.care import amend as amend_entry

    entry_id = parse_entry_id(entry)
    stated = stated_statement(source)
    why = reason or taken(stated, "reason", "")  # with --reason, a visit's own can be amended
    say_what_is_not_known(stated)
    with open_from_terminal(data) as store:
        amended = amend_entry(
            store,
            entry_id,
            stated,
            reason=why,
            clock=SystemClock(),
            rng=np.random.default_rng(),
        )
    print_json(printed(amended))


@app.command()
def close(
    visit: VisitOption = None,
    note: Annotated[str | None, typer.Option(help="In your own words.")] = None,
    source: FromOption = None,
    data: DataOption = None,
    _json: AsJsonOption = True,
) -> None:
    """Close a visit.

    Example: tissuesense visit close --visit V-7QK4Z0A0
    """
    from tissuesense.services.care import close as close_visit

    def write(
        store: "Store", visit_id: "VisitId", rest: dict[str, Any], by: dict[str, Any]
    ) -> "Entry[Any]":
        said = taken(rest, "note", "")
        nothing_left(rest)
        return close_visit(store, visit_id, note=said, **by)

    write_into_visit(stated_input(source, visit=visit, note=note), data, write)


@app.command()
def show(
    visit: Annotated[str, typer.Argument(metavar="VISIT", help="The visit's id: V-...")],
    data: DataOption = None,
    _json: AsJsonOption = True,
) -> None:
    """Print all that was written down and measured in a visit, amended entries too.

    Example: tissuesense visit show V-7QK4Z0A0
    """
    from tissuesense.record.document import visit_json
    from tissuesense.record.visit import parse_visit_id
    from tissuesense.services.records import load_visit_record

    visit_id = parse_visit_id(visit)
    with open_from_terminal(data) as store:
        print_json(visit_json(load_visit_record(store, visit_id)))
