"""`tissuesense app`: the local web app for the table."""

from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.store_option import DEMO_VARIABLE, DataOption

if TYPE_CHECKING:  # the app is imported when it runs, so that --help stays fast
    from tissuesense.web.lan import Lan


def command(
    data: DataOption = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on this computer; 0 takes any that is free.")
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    lan: Annotated[
        bool,
        typer.Option("--lan", help="Let other devices of this network in, each with a code."),
    ] = False,
    host: Annotated[
        str,
        typer.Option(help="With --lan: the address of this computer in the network; else found."),
    ] = "",
) -> None:
    """Open the app: a page on this computer, for the therapist at the table.

    It prints one line with the address once it is ready; the address lets one browser in, once,
    within a minute. Ctrl-C ends it. With --lan it is visible to the network as well, with TLS;
    the page "Other devices" makes the codes.

    Example: tissuesense app --demo
    """
    import asyncio
    import os
    import webbrowser

    import numpy as np

    from tissuesense.cli.output import say, show_line
    from tissuesense.core.clock import SystemClock
    from tissuesense.core.errors import MissingExtraError, UsageError
    from tissuesense.services.app_settings import KeptSettings, settings_path
    from tissuesense.store.place import store_place

    try:
        from tissuesense.web import server
        from tissuesense.web.app import create_app
    except ModuleNotFoundError as err:
        raise MissingExtraError("The app", extra="app") from err
    from tissuesense.web.desk import Desk
    from tissuesense.web.house import House
    from tissuesense.web.sessions import SessionBook

    if data is not None and DEMO_VARIABLE in os.environ:
        raise UsageError("--demo works on a copy of its own: leave --data out.")
    if host:
        server.checked_address(host, lan=lan)
    clock = SystemClock()
    desk = Desk(
        store_place(data),
        clock=clock,
        rng=np.random.default_rng(),
        demo=DEMO_VARIABLE in os.environ,
    )
    settings = KeptSettings(None if desk.demo else settings_path())
    house = House(desk=desk, sessions=SessionBook(clock), settings=settings)
    if lan:
        house.lan.address = host or server.network_address()
    listening = server.listen(port)
    port = listening.getsockname()[1]
    beside = set()

    def ready() -> None:
        url = f"http://{server.LOOPBACK}:{port}/start?token={house.sessions.start_link()}"
        show_line(f"ready {url}")
        if browser and not webbrowser.open(url):
            say("No browser could be opened: open the address above.")
        if lan:
            beside.add(asyncio.create_task(_open_to_the_network(house.lan)))

    server.serve(create_app(house, hosts=server.own_names(port)), listening, ready=ready)


async def _open_to_the_network(lan: "Lan") -> None:
    from tissuesense.cli.output import say
    from tissuesense.core.errors import TissueSenseError

    try:
        await lan.open()
    except TissueSenseError as error:
        say(f"Other devices cannot come in: {error} {error.hint}".rstrip())
    else:
        say(f"Visible to this network as {lan.url}; SHA-256 {lan.fingerprint}")
