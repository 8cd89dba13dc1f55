"""The sizes of paper that a report is laid out for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Paper = Literal["a4", "letter"]
CSS_SIZE: Mapping[Paper, str] = MappingProxyType({"a4": "A4", "letter": "letter"})
TYPST_SIZE: Mapping[Paper, str] = MappingProxyType({"a4": "a4", "letter": "us-letter"})
