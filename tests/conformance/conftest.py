"""What conformance tests share: the C codec, compiled once for each worker."""

import os
import sys

import pytest
from tests.conformance.link_c import LinkC

# Recordings of others are no part of the project: who has them says where.
collect_ignore = [] if "TISSUESENSE_RECORDINGS" in os.environ else ["test_recordings_of_others.py"]


@pytest.fixture(scope="session")
def link_c(tmp_path_factory: pytest.TempPathFactory) -> LinkC:
    if sys.platform == "win32":
        pytest.skip("compilers for Windows have no sanitizers that a library could be loaded with")
    return LinkC(tmp_path_factory.mktemp("link_c"))
