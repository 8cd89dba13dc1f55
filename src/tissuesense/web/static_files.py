"""Our own style and scripts."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}

router = APIRouter(include_in_schema=False)


@cache
def _content(name: str) -> bytes | None:
    """Return a file of ours; a name that is none, or has a path in it, is not there."""
    held = {path.name: path for path in files("tissuesense.web").joinpath("static").iterdir()}
    return held[name].read_bytes() if name in held else None


@cache
def static_url(name: str) -> str:
    """Return the address of a file.

    A script has but one, because modules import one another by name: under a second address it
    would run a second time.
    """
    content = _content(name)
    if content is None:
        raise LookupError(f"There is no static file {name}.")
    if name.endswith(".js"):
        return f"/static/{name}"
    return f"/static/{name}?v={sha256(content).hexdigest()[:10]}"


@router.get("/static/{name}")
async def static_file(name: str) -> Response:
    """Give one file."""
    content = _content(name)
    kind = _TYPES.get(name.rpartition(".")[2])
    if content is None or kind is None:
        raise HTTPException(404)
    # Asked for again each time: a new version of the program is seen at once.
    return Response(content, media_type=kind, headers={"cache-control": "no-cache"})


@router.get("/favicon.ico")
async def favicon() -> Response:
    """Give the sign of the tab."""
    return await static_file("sign.svg")
