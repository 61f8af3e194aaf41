"""Browsers for the journeys: Chromium and w3m are found and installed (as a script, `--install`); Chromium's fixture.

Debian's own `chromium` is preferred to Playwright's download: it is patched with the system and comes through apt.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.text_browser import HOW as HOW_W3M
from tests.support.text_browser import find_w3m

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A browser that talks to nobody but the portal under test.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HOW = "install it with `apt-get install chromium` or `.venv/bin/playwright install --with-deps chromium`"


def find_chromium() -> str | None:
    """Path of a Chromium: on PATH, else Playwright's own download, else None."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def missing() -> dict[str, str]:
    """Debian packages that the journeys lack, and how to get each."""
    lacking = {} if find_chromium() else {"chromium": f"no Chromium: {HOW}"}
    return lacking if find_w3m() else lacking | {"w3m": f"no w3m: {HOW_W3M}"}


def install() -> dict[str, str]:
    """Install Debian's packages where that can be done without asking; return what is still missing."""
    lacking = missing()
    if not lacking or os.geteuid() != 0 or not shutil.which("apt-get"):
        return lacking
    print(f"Installing {', '.join(lacking)} with apt-get …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "install", "-y", *lacking],
    ):
        outcome = subprocess.run(command, env=environment, capture_output=True, text=True)
        if outcome.returncode != 0:
            print(f"`{' '.join(command)}` failed ({outcome.stderr.strip()[-300:]})", file=sys.stderr)
            break
    return missing()


class NoChromium(Exception):
    """There is none on this machine; the message says how to get one."""


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A headless Chromium. Raises NoChromium."""
    path = find_chromium()
    if path is None:
        raise NoChromium(f"no Chromium: {HOW}")
    with sync_playwright() as playwright:
        # Chromium's sandbox refuses root, and containers have a tiny /dev/shm.
        flags = [*QUIET, "--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A running headless Chromium; open a `new_context()` per test."""
    running = running_chromium()
    try:
        browser = running.__enter__()
    except NoChromium as reason:
        pytest.skip(str(reason))
    yield browser
    running.__exit__(None, None, None)


def main() -> int:
    parser = argparse.ArgumentParser(description="Are there the browsers for the journeys?")
    parser.add_argument("--install", action="store_true", help="install Debian's packages when root and apt are there")
    lacking = install() if parser.parse_args().install else missing()
    in_ci = os.environ.get("CI") == "true"
    for words in lacking.values():
        print(f"Browser journeys will {'fail' if in_ci else 'be skipped'}: {words}", file=sys.stderr)
    return 1 if lacking and in_ci else 0


if __name__ == "__main__":
    sys.exit(main())
