"""What a USB plug is, by the numbers it states: mostly a chip that says nothing of the gauge.

Sources: the tables of Linux's drivers cp210x.c, ftdi_sio_ids.h, ch341.c and pl2303.h
(drivers/usb/serial of torvalds/linux); WCH's CH343 and CH9102 and the makers of boards as in
openblockcc/openblock-link (usb-id.js) and mcuw/ESPConnect (usb.ts).

No maker of a force gauge publishes numbers of its own that we could find: nothing here names one.
"""

from collections.abc import Mapping

# Name of the chip and of the Linux driver that makes a port of it.
_CHIPS: Mapping[tuple[int, int], tuple[str, str]] = {
    (0x10C4, 0xEA60): ("CP210x", "cp210x"),
    (0x10C4, 0xEA61): ("CP210x", "cp210x"),
    (0x10C4, 0xEA70): ("CP210x", "cp210x"),
    (0x0403, 0x6001): ("FTDI FT232", "ftdi_sio"),
    (0x0403, 0x6006): ("FTDI FT232", "ftdi_sio"),
    (0x0403, 0x6010): ("FTDI FT2232", "ftdi_sio"),
    (0x0403, 0x6011): ("FTDI FT4232", "ftdi_sio"),
    (0x0403, 0x6014): ("FTDI FT232H", "ftdi_sio"),
    (0x0403, 0x6015): ("FTDI FT-X", "ftdi_sio"),
    (0x1A86, 0x5523): ("CH341", "ch341"),
    (0x1A86, 0x7522): ("CH340", "ch341"),
    (0x1A86, 0x7523): ("CH340", "ch341"),
    (0x1A86, 0x55D3): ("CH343", "cdc_acm"),
    (0x1A86, 0x55D4): ("CH9102", "cdc_acm"),
    (0x4348, 0x5523): ("CH341", "ch341"),
    (0x067B, 0x2303): ("PL2303", "pl2303"),
}
_BOARDS: Mapping[int, str] = {
    0x2341: "Arduino",
    0x2A03: "Arduino",
    0x303A: "Espressif",
    0x2E8A: "Raspberry Pi",
}
# A plug that calls itself by the name of a maker, in its own words.
_MAKERS: Mapping[str, str] = {
    "tissuesense link": "tissuesense-link",
    "mark-10": "mark10",
    "wagner": "wagner-fpx",
    "shimpo": "shimpo-fg",
    "imada": "imada-d",
}


def plug_name(vendor: int, product: int) -> str | None:
    """Return what such a plug is; None for one that is in no table.

    Examples
    --------
    >>> plug_name(0x10C4, 0xEA60)
    'USB serial adapter (CP210x)'
    """
    chip = _CHIPS.get((vendor, product))
    if chip is not None:
        return f"USB serial adapter ({chip[0]})"
    board = _BOARDS.get(vendor)
    return None if board is None else f"microcontroller board ({board})"


def driver_of(vendor: int, product: int) -> str | None:
    """Return the Linux driver that makes a serial port of such an adapter; None for no adapter."""
    chip = _CHIPS.get((vendor, product))
    return None if chip is None else chip[1]


def model_named(words: str) -> str | None:
    """Return the model whose maker a plug names in its own words; a hint, and no more."""
    named = words.casefold()
    return next((model for maker, model in _MAKERS.items() if maker in named), None)
