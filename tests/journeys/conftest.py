"""What the browser journeys share: the shipped contest, served for real."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.served import serve


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a portal with the shipped contest, as `make run` serves it."""
    with serve(tmp_path_factory.mktemp("served")) as base:
        yield base


@pytest.fixture
def phone(chromium: Browser, served: str) -> Iterator[Page]:
    """A small phone's browser, with a folder for what it downloads; any error of a script fails the test."""
    context = chromium.new_context(base_url=served, viewport={"width": 360, "height": 640}, accept_downloads=True)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not faults, faults


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """Where a journey keeps what it downloaded."""
    return tmp_path
