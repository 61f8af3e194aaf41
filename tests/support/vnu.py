"""pytest plugin for `make audit`: the Nu HTML checker, which needs Java and is asked for by name only.

`--vnu PATH` gives its jar (npm's `vnu-jar` carries one); without it the tests that use the fixture `vnu` are left out,
so neither `make test` nor CI needs it.
"""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.site import Site

Checker = Callable[[Site], dict[str, list[str]]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--vnu", type=Path, help="jar of the Nu HTML checker")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("vnu"):
        return
    left_out = [item for item in items if "vnu" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture
def vnu(request: pytest.FixtureRequest, tmp_path: Path) -> Checker:
    """Checks every whole page of a site; errors by the name of the scene."""

    def check(site: Site) -> dict[str, list[str]]:
        scenes = {f"{number}.html": name for number, name in enumerate(site.pages)}
        for file, name in scenes.items():
            (tmp_path / file).write_text(site.pages[name].html)
        command = ["java", "-jar", request.config.getoption("vnu"), "--stdout", "--format", "json", tmp_path]
        told = subprocess.run(command, capture_output=True, text=True)
        faults: dict[str, list[str]] = {}
        for message in json.loads(told.stdout)["messages"]:
            # Warnings are of the kind "info"; attributes of htmx are no part of HTML, which they extend on purpose.
            if message["type"] != "info" and not message["message"].startswith("Attribute “hx-"):
                scene = scenes.get(Path(message.get("url", "")).name, "vnu")
                faults.setdefault(scene, []).append(f"{message['message']} {message.get('extract', '')!r}")
        return faults

    return check
