"""The device's side of a text wire: what simulated gauges share."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from tissuesense.devices.codec import Command, FrameRejected, WireSample
from tissuesense.devices.framing import LineFramer
from tissuesense.devices.profile import WireParameters

_LONGEST_REQUEST = 32


def print_force(force_n: float, parameters: WireParameters) -> str:
    """Return newtons with their unit; where a unit is stated, that unit without its name."""
    shown = parameters.sign * force_n / (parameters.assumed_newton_per_unit or 1.0)
    return f"{shown:.4f}" + (" N" if parameters.unit is None else "")


def each_byte(request: bytes) -> list[bytes]:
    """Return the requests of a gauge that is asked with single characters."""
    return [bytes((byte,)) for byte in request]


class ShownForce:
    """A gauge that shows the latest sample and tells it when asked, or each once started.

    Parameters
    ----------
    answers
        By request, upper-case and without its line end: what the gauge does, or the bytes that it
        answers. It can do `Command.READ`, `Command.TARE`, `Command.START` and `Command.STOP`.
    unknown
        The answer to any other request.
    tared
        The answer to `Command.TARE`.
    show
        How it prints a force, without the end.
    end
        What ends a reading.
    requests
        Cuts what is written to the gauge into requests; lines unless stated.
    """

    def __init__(
        self,
        parameters: WireParameters,
        answers: Mapping[bytes, Command | bytes],
        *,
        unknown: bytes = b"",
        tared: bytes = b"",
        show: Callable[[float, WireParameters], str] = print_force,
        end: bytes = b"\r\n",
        requests: Callable[[bytes], Iterable[bytes | FrameRejected]] | None = None,
    ) -> None:
        self._parameters = parameters
        self._answers = answers
        self._unknown = unknown
        self._tared = tared
        self._show = show
        self._end = end
        self._requests = requests or LineFramer(_LONGEST_REQUEST).receive
        self._latest_n: float | None = None
        self._zero_n = 0.0
        self._streaming = False

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Show the last of `samples`; unless it was started, nothing is sent unasked."""
        if samples:
            self._latest_n = samples[-1].force_n
        if not self._streaming:
            return b""
        return b"".join(self._reading(sample.force_n) for sample in samples)

    def reply(self, request: bytes) -> bytes:
        """Return the answers to the requests that `request` completes."""
        return b"".join(map(self._answer, self._requests(request)))

    def _answer(self, request: bytes | FrameRejected) -> bytes:
        answer: Command | bytes = self._unknown
        if isinstance(request, bytes):
            answer = self._answers.get(request.upper(), answer)
        match answer:
            case bytes():
                return answer
            case Command.READ if self._latest_n is not None:
                return self._reading(self._latest_n)
            case Command.TARE:
                self._zero_n = self._latest_n or 0.0
                return self._tared
            case Command.START | Command.STOP:
                self._streaming = answer is Command.START
            case _:
                pass
        return b""

    def _reading(self, force_n: float) -> bytes:
        return self._show(force_n - self._zero_n, self._parameters).encode("ascii") + self._end
