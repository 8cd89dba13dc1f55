"""Type a command of the program, in this process, and look at what came back."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tissuesense.cli.main import main


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - one document of any kind
        """The one document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Shell:
    """A terminal of 80 columns in which nobody sits."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def __call__(self, *words: str, said: Any = None) -> Answer:  # noqa: ANN401 - what JSON can hold
        """Run a command; what is `said` comes in by a pipe."""
        text = said if isinstance(said, str) else json.dumps(said)
        self.monkeypatch.setattr("sys.stdin", io.StringIO("" if said is None else text))
        pipe = () if said is None else ("--from", "-")
        with pytest.raises(SystemExit) as left:
            main([*words, *pipe])
        printed = self.capsys.readouterr()
        return Answer(int(left.value.code or 0), printed.out, printed.err)

    def done(self, *words: str, said: Any = None) -> Answer:  # noqa: ANN401 - as above
        """Run a command that has to succeed."""
        answer = self(*words, said=said)
        assert answer.code == 0, f"{' '.join(words)}: {answer.err}"
        return answer
