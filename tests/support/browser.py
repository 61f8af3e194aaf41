"""Chromium for the journeys: found, installed (as a script, `--install`), and a pytest fixture.

Debian's own `chromium` is preferred to Playwright's download: it is patched with the system and comes through apt.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

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


def install() -> str | None:
    """Install Debian's Chromium where that can be done without asking; return what is still missing, or None."""
    if find_chromium():
        return None
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return f"no Chromium: {HOW}"
    print("Installing chromium with apt-get …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "install", "-y", "chromium"],
    ):
        outcome = subprocess.run(command, env=environment, capture_output=True, text=True)
        if outcome.returncode != 0:
            return f"`{' '.join(command)}` failed ({outcome.stderr.strip()[-300:]}); {HOW}"
    return None if find_chromium() else f"no Chromium after apt-get; {HOW}"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A running headless Chromium; open a `new_context()` per test."""
    path = find_chromium()
    if path is None:
        pytest.skip(f"no Chromium: {HOW}")
    with sync_playwright() as playwright:
        # Chromium's sandbox refuses root, and containers have a tiny /dev/shm.
        flags = [*QUIET, "--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


def main() -> int:
    parser = argparse.ArgumentParser(description="Is there a browser for the journeys?")
    parser.add_argument("--install", action="store_true", help="install Debian's chromium when root and apt are there")
    arguments = parser.parse_args()
    missing = install() if arguments.install else None if find_chromium() else f"no Chromium: {HOW}"
    if missing is None:
        return 0
    in_ci = os.environ.get("CI") == "true"
    print(f"Browser journeys will {'fail' if in_ci else 'be skipped'}: {missing}", file=sys.stderr)
    return 1 if in_ci else 0


if __name__ == "__main__":
    sys.exit(main())
