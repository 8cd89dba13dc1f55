"""What every part of the store is given to read and write with."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

Transaction = Callable[[], AbstractContextManager[Session]]

# The option of a connection whose transaction only reads, and so keeps nobody waiting.
READING = "tissuesense_reading"
