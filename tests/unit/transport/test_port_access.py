"""Linux says, without a port being opened, who may open it, who has it open, and what has none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tissuesense.transport.discovery import FoundPort, UsbIdentity
from tissuesense.transport.port_access import (
    adapters_without_port,
    holders_of,
    look_at,
    running,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells all of this")

CH340 = UsbIdentity(vendor=0x1A86, product=0x7523, serial=None)


@pytest.fixture
def port(tmp_path: Path) -> Path:
    path = tmp_path / "ttyUSB0"
    path.touch(mode=0o660)
    return path


def found(port: Path, usb: UsbIdentity | None = CH340) -> FoundPort:
    return FoundPort(port=str(port), description="", usb=usb)


def plug_in(root: Path, name: str, vendor: int, product: int) -> None:
    device = root / "bus" / "usb" / "devices" / name
    device.mkdir(parents=True)
    (device / "idVendor").write_text(f"{vendor:04x}\n")
    (device / "idProduct").write_text(f"{product:04x}\n")


def test_the_group_of_the_device_file_is_told(port: Path) -> None:
    import grp

    seen = look_at(found(port), user="nobody in particular")
    assert seen.group == grp.getgrgid(port.stat().st_gid).gr_name
    assert (seen.on_usb, seen.joined) == (True, False)


def test_a_group_that_nobody_named_is_told_as_none(
    port: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import grp

    def nobody(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(grp, "getgrgid", nobody)
    assert look_at(found(port), user="anna").group is None


def test_whose_first_group_it_is_has_joined_it(port: Path) -> None:
    import pwd

    user = pwd.getpwuid(os.getuid())
    os.chown(port, -1, user.pw_gid)
    assert look_at(found(port), user=user.pw_name).joined


@pytest.mark.parametrize("allowed", [True, False])
def test_permission_to_read_and_write_is_what_counts(port: Path, *, allowed: bool) -> None:
    asked: list[int] = []

    def access(path: str, mode: int) -> bool:
        assert path == str(port)
        asked.append(mode)
        return allowed

    assert look_at(found(port), user="anna", access=access).permitted is allowed
    assert asked == [os.R_OK | os.W_OK]


def test_a_port_that_has_gone_is_not_judged(tmp_path: Path) -> None:
    seen = look_at(found(tmp_path / "gone"), user="anna")
    assert (seen.permitted, seen.holders) == (None, ())


def test_who_has_a_pseudo_terminal_open_is_named(tmp_path: Path) -> None:
    master, slave = os.openpty()
    try:
        real = os.ttyname(slave)
        link = tmp_path / "ttyGAUGE"
        link.symlink_to(real)
        hold = f"import sys; f = open({real!r}); print('held', flush=True); sys.stdin.read()"
        with subprocess.Popen(
            [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"held\n"
            holders = {holder.pid: holder.name for holder in holders_of(str(link))}
            assert "python" in holders[other.pid]
            assert os.getpid() in holders  # it has the other end's partner open, too
            assert other.stdin is not None
            other.stdin.close()
        assert other.pid not in {holder.pid for holder in holders_of(str(link))}
    finally:
        os.close(master)
        os.close(slave)


def test_this_program_runs_and_a_system_that_lists_none_says_nothing(tmp_path: Path) -> None:
    assert any("python" in name or "pytest" in name for name in running() or ())
    assert running(proc=tmp_path) is None


def test_processes_that_may_not_be_looked_at_are_passed_over(tmp_path: Path, port: Path) -> None:
    (tmp_path / "17").mkdir()  # no list of files, no name
    (tmp_path / "self").mkdir()
    assert holders_of(str(port), proc=tmp_path) == ()
    assert running(proc=tmp_path) == frozenset({"a program"})


def test_an_adapter_of_which_no_port_was_made_is_found(tmp_path: Path, port: Path) -> None:
    plug_in(tmp_path, "1-1", 0x1A86, 0x7523)
    plug_in(tmp_path, "1-2", 0x1A86, 0x7523)
    plug_in(tmp_path, "1-3", 0x046D, 0xC52B)  # a mouse
    (tmp_path / "bus" / "usb" / "devices" / "1-1:1.0").mkdir()
    assert adapters_without_port([found(port)], sys_root=tmp_path) == (CH340,)
    assert adapters_without_port([found(port), found(port)], sys_root=tmp_path) == ()


def test_a_machine_without_usb_has_no_adapter(tmp_path: Path) -> None:
    assert adapters_without_port([], sys_root=tmp_path) == ()
