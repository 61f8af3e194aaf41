"""A gateway on this machine."""

from collections.abc import Iterator

import pytest

from tests.support.gateway import FakeGateway, fake_gateway


@pytest.fixture
def server() -> Iterator[FakeGateway]:
    """Up, and says yes."""
    with fake_gateway() as gateway:
        yield gateway
