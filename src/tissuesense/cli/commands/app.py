"""`tissuesense app`: the local web app for the table."""

from typing import Annotated

import typer

from tissuesense.cli.store_option import DEMO_VARIABLE, DataOption


def command(
    data: DataOption = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on this computer; 0 takes any that is free.")
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Open the app: a page on this computer, for the therapist at the table.

    It prints one line with the address once it is ready; the address lets one browser in, once,
    within a minute. Ctrl-C ends it.

    Example: tissuesense app --demo
    """
    import os
    import webbrowser

    import numpy as np

    from tissuesense.cli.output import say, show_line
    from tissuesense.core.clock import SystemClock
    from tissuesense.core.errors import MissingExtraError, UsageError
    from tissuesense.store.place import store_place

    try:
        from tissuesense.web.app import create_app
        from tissuesense.web.server import LOOPBACK, listen, own_names, serve
    except ModuleNotFoundError as err:
        raise MissingExtraError("The app", extra="app") from err
    from tissuesense.web.desk import Desk
    from tissuesense.web.house import House
    from tissuesense.web.sessions import SessionBook

    if data is not None and DEMO_VARIABLE in os.environ:
        raise UsageError("--demo works on a copy of its own: leave --data out.")
    clock = SystemClock()
    desk = Desk(
        store_place(data),
        clock=clock,
        rng=np.random.default_rng(),
        demo=DEMO_VARIABLE in os.environ,
    )
    house = House(desk=desk, sessions=SessionBook(clock))
    listening = listen(port)
    port = listening.getsockname()[1]

    def ready() -> None:
        url = f"http://{LOOPBACK}:{port}/start?token={house.sessions.start_link()}"
        show_line(f"ready {url}")
        if browser and not webbrowser.open(url):
            say("No browser could be opened: open the address above.")

    serve(create_app(house, hosts=own_names(port)), listening, ready=ready)
