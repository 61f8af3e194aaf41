"""What the browser journeys share: the shipped contest served for real, and contestants who may sit the exam."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from app import create_app
from app.config import read_settings
from app.extensions import all_engines
from app.web.portal import catalogue
from tests.support.numbers import unsealed
from tests.support.people import PASSWORD, learn_all, make_contestant
from tests.support.served import environment, serve

NewContestant = Callable[[], str]


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Instance folder of the served portal."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="session")
def served(instance: Path) -> Iterator[str]:
    """Address of a portal with the shipped contest, as `make run` serves it."""
    with serve(instance) as base:
        yield base


@pytest.fixture(scope="session")
def beside(served: str, instance: Path) -> Iterator[Flask]:
    """The same portal's database from the side, as the operator's commands use it."""
    app = create_app(read_settings(environment(instance)))
    yield app
    with app.app_context():
        for engine in all_engines():
            engine.dispose()


@pytest.fixture
def ready(beside: Flask) -> NewContestant:
    """Makes a contestant who has learnt everything; returns the citizen number that signs in with PASSWORD."""

    def make() -> str:
        with beside.app_context():
            contest = catalogue()
            entry = make_contestant(contest, now=datetime.now(UTC))
            learn_all(entry, contest, now=datetime.now(UTC))
            return unsealed(entry.account)

    return make


@pytest.fixture
def phone(chromium: Browser, served: str) -> Iterator[Page]:
    """A small phone's browser, with a folder for what it downloads; any error of a script fails the test."""
    context = chromium.new_context(base_url=served, viewport={"width": 360, "height": 640}, accept_downloads=True)
    page = context.new_page()
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield page
    context.close()
    assert not faults, faults


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """Where a journey keeps what it downloaded."""
    return tmp_path


def sign_in(page: Page, number: str) -> None:
    """Sign in and stand on whatever page comes next."""
    page.goto("/dang-nhap")
    page.get_by_label("Số điện thoại hoặc số căn cước").fill(number)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()


def start_exam(page: Page, number: str) -> None:
    """Sign in and open a paper."""
    sign_in(page, number)
    page.goto("/thi")
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    page.wait_for_url("**/thi/*")
