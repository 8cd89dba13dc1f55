"""A file is written whole or not at all, be it text or bytes, and never in another's stead."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tissuesense.core.errors import FileWriteError
from tissuesense.files.replace import make_folder, replace_file


def test_text_and_bytes_are_written_one_after_the_other(tmp_path: Path) -> None:
    replace_file(tmp_path / "a", ["naïve\n", b"\x00\xff", "\r\n"])
    assert (tmp_path / "a").read_bytes() == "naïve\n".encode() + b"\x00\xff\r\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_content_that_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    def breaks_off() -> Iterator[bytes]:
        yield b"new"
        raise KeyboardInterrupt

    (tmp_path / "a").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        replace_file(tmp_path / "a", breaks_off())
    assert (tmp_path / "a").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_refusal_names_the_file_and_is_no_fault_of_a_trace(tmp_path: Path) -> None:
    for path in (tmp_path / "absent" / "report.pdf", tmp_path):
        with pytest.raises(FileWriteError) as refused:
            replace_file(path, [b"x"])
        assert refused.value.path == path
        assert refused.value.code == "not_writable"
    (tmp_path / "file").touch()
    with pytest.raises(FileWriteError):
        make_folder(tmp_path / "file" / "below")


@pytest.mark.skipif(os.name != "posix", reason="needs links and pipes")
def test_a_link_or_a_pipe_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    replace_file(tmp_path / "link", ["x"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "x"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    replace_file(tmp_path / "pipe", ["x"])
    assert os.read(reader, 9) == b"x"
    os.close(reader)
    assert (tmp_path / "pipe").is_fifo()
