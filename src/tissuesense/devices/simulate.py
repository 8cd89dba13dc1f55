"""The device's side of a text wire: what simulated gauges share."""

from collections.abc import Callable, Mapping, Sequence

from tissuesense.devices.codec import Command, FrameRejected, WireSample
from tissuesense.devices.framing import LineFramer
from tissuesense.devices.profile import WireParameters

_LONGEST_REQUEST = 32


def print_force(force_n: float, parameters: WireParameters) -> str:
    """Return newtons with their unit; where a unit is stated, that unit without its name."""
    shown = parameters.sign * force_n / (parameters.assumed_newton_per_unit or 1.0)
    return f"{shown:.4f}" + (" N" if parameters.unit is None else "")


class ShownForce:
    """A gauge that shows the latest sample and tells it when asked.

    Parameters
    ----------
    answers
        By request, upper-case and without its line end: what the gauge does, or the line that it
        answers. It can do `Command.READ` and `Command.TARE`.
    unknown
        The answer to any other request.
    show
        How it prints a force.
    """

    def __init__(
        self,
        parameters: WireParameters,
        answers: Mapping[bytes, Command | bytes],
        *,
        unknown: bytes = b"",
        show: Callable[[float, WireParameters], str] = print_force,
    ) -> None:
        self._parameters = parameters
        self._answers = answers
        self._unknown = unknown
        self._show = show
        self._requests = LineFramer(_LONGEST_REQUEST)
        self._latest_n: float | None = None
        self._zero_n = 0.0

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Show the last of `samples`; nothing is sent unasked."""
        if samples:
            self._latest_n = samples[-1].force_n
        return b""

    def reply(self, request: bytes) -> bytes:
        """Return the answers to the requests that `request` completes."""
        return b"".join(map(self._answer, self._requests.receive(request)))

    def _answer(self, request: bytes | FrameRejected) -> bytes:
        answer: Command | bytes = self._unknown
        if isinstance(request, bytes):
            answer = self._answers.get(request.upper(), answer)
        if isinstance(answer, bytes):
            return answer
        if answer is Command.TARE:
            self._zero_n = self._latest_n or 0.0
            return b""
        return self._reading()

    def _reading(self) -> bytes:
        if self._latest_n is None:
            return b""
        return f"{self._show(self._latest_n - self._zero_n, self._parameters)}\r\n".encode("ascii")
