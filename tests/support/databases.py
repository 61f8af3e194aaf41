"""pytest plugin: which database the suite runs on, and that CI skips nothing.

`pytest --database sqlite` (the default) runs everything. `pytest --database postgres` repeats, on a throw-away server,
the tests that use the fixture `database_url`; rules and browser journeys would show nothing new and are left out.
"""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.support.postgres import NoPostgres, throwaway

IN_CI = os.environ.get("CI") == "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgres"], default="sqlite", help="what the suite runs on")


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('database')}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("database") != "postgres":
        return
    again = [item for item in items if _differs_by_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(again)])
    items[:] = again


def _differs_by_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return "database_url" in fixtures and "chromium" not in fixtures


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failed one: a missing browser or server must not look like success."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """LANTOA_DATABASE_URL of an empty database that lives as long as the run."""
    if request.config.getoption("database") == "sqlite":
        folder: Path = tmp_path_factory.mktemp("database")
        yield f"sqlite:///{folder / 'lantoa.sqlite'}"
        return
    server = throwaway()
    try:
        url = server.__enter__()
    except NoPostgres as reason:
        pytest.skip(f"PostgreSQL: {reason}")
    try:
        yield url
    finally:
        server.__exit__(None, None, None)
