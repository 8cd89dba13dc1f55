"""`tissuesense clients erase`: at a client's request, for good and in every backup."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.output import print_json, say
from tissuesense.cli.store_option import DataOption, open_from_terminal
from tissuesense.core.errors import UsageError

if TYPE_CHECKING:
    from tissuesense.services.erasing import Erasure, ErasurePlan


def command(
    context: typer.Context,
    client: Annotated[
        str, typer.Argument(metavar="ID", help="The client's pseudonym, such as TS-7QK47.")
    ],
    reason: Annotated[str, typer.Option(help="Why: the client's request, or the end of a term.")],
    identity_only: Annotated[
        bool, typer.Option(help="Only who the client is; the rest stays under the pseudonym.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    despite_retention: Annotated[
        bool, typer.Option(help="Although the retention term is not over.")
    ] = False,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Erase a client: who it is, every note and trace, here and in every backup.

    Example: tissuesense clients erase TS-7QK47 --reason "asked for it on 3 March" --yes
    """
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.record.audit import ErasureScope
    from tissuesense.record.client import parse_client_id
    from tissuesense.services.erasing import erase, plan_erasure

    client_id, clock = parse_client_id(client), SystemClock()
    scope = ErasureScope.IDENTITY if identity_only else ErasureScope.EVERYTHING
    with open_from_terminal(data or context.obj) as store:
        plan = plan_erasure(store, client_id, clock=clock, scope=scope)
        if not yes:
            _ask(plan)
        done = erase(
            store,
            plan,
            reason=reason,
            clock=clock,
            rng=np.random.default_rng(),
            despite_retention=despite_retention,
        )
    if as_json:
        print_json(_document(plan, done))
    for sentence in _sentences(done):
        say(sentence)


def _ask(plan: "ErasurePlan") -> None:
    from tissuesense.core.dates import day

    say(plan.sentence)
    if plan.keep_until is not None:
        say(f"The retention term runs until {day(plan.keep_until)}.")
    if not sys.stdin.isatty():
        raise UsageError("Nobody is there to be asked.", hint="Add --yes to erase without asking.")
    sys.stderr.write("Type the pseudonym to go on: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().upper() != plan.client:
        raise UsageError("Not erased: the pseudonym was not typed.")


def _sentences(done: "Erasure") -> list[str]:
    return [
        *(
            f"{copy.path} could not be reached ({copy.why}): the keys may still be in it. Bring it "
            "back and erase again, or destroy it."
            for copy in done.unreached
        ),
        *(f"{path} could not be removed: remove it yourself." for path in done.left),
        *(
            ["Another program kept the store open: close it and erase again."]
            if done.pages_left
            else []
        ),
        "Erased." if done.complete else "Erased here; not yet everywhere.",
    ]


def _document(plan: "ErasurePlan", done: "Erasure") -> dict[str, object]:
    return {
        "client": plan.client,
        "scope": str(plan.scope),
        "complete": done.complete,
        "unreached": [str(copy.path) for copy in done.unreached],
        "left": [str(path) for path in done.left],
    }
