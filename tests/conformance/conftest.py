"""What conformance tests share: the C codec, compiled once for each worker."""

import sys

import pytest
from tests.conformance.link_c import LinkC


@pytest.fixture(scope="session")
def link_c(tmp_path_factory: pytest.TempPathFactory) -> LinkC:
    if sys.platform == "win32":
        pytest.skip("compilers for Windows have no sanitizers that a library could be loaded with")
    return LinkC(tmp_path_factory.mktemp("link_c"))
