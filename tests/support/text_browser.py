"""w3m in a terminal of its own, driven as a person drives it: look for words, go to the next field, press Enter."""

import os
import pty
import select
import shutil
import struct
import subprocess
import time
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ
from typing import Self

HOW = "install it with `apt-get install w3m`"
_PATIENCE = 30.0


class TextBrowser:
    """One w3m with its cookies; `home` is an empty folder for its settings. Use as a context manager."""

    def __init__(self, home: Path, base: str) -> None:
        self.base, self._page, self._text = base, home / "page.txt", home / "typed.txt"
        (home / ".w3m").mkdir()
        (home / ".w3m" / "keymap").write_text("keymap C-t COMMAND\n")
        editor = home / "editor"
        editor.write_text(f'#!/bin/sh\nmv "{self._text}" "$1"\n')
        editor.chmod(0o700)
        options = [f"editor={editor}", "ignorecase_search=0", "wrap_search=0", "show_cookie=0"]
        command = ["w3m", "-cookie", "-I", "UTF-8", "-O", "UTF-8", base]
        command[1:1] = [word for option in options for word in ("-o", option)]
        self._screen, inside = pty.openpty()
        ioctl(inside, TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        environment = os.environ | {"HOME": str(home), "TERM": "vt100", "LANG": "C.UTF-8"}
        self._process = subprocess.Popen(
            command, stdin=inside, stdout=inside, stderr=inside, env=environment, start_new_session=True
        )
        os.close(inside)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._screen)

    def _type(self, keys: str) -> None:
        os.write(self._screen, keys.encode())
        self._drain()

    def _drain(self, quiet: float = 0.05) -> None:
        """Read what w3m paints until it rests; else the terminal fills up and w3m stands still."""
        while select.select([self._screen], [], [], quiet)[0]:
            if not os.read(self._screen, 65536):
                return

    def _do(self, command: str) -> None:
        self._type(f"\x14{command}\r")

    @property
    def text(self) -> str:
        """The page as w3m lays it out."""
        self._page.unlink(missing_ok=True)
        self._do(f"SAVE_SCREEN {self._page}")
        end = time.monotonic() + _PATIENCE
        while not self._page.exists() and time.monotonic() < end:
            self._drain()
        return self._page.read_text() if self._page.exists() else ""

    def sees(self, words: str) -> None:
        """Wait for a page that says so."""
        end = time.monotonic() + _PATIENCE
        while words not in (text := " ".join(self.text.split())):
            assert time.monotonic() < end, f"{words!r} is not on the page: {text[:3000]}"

    def visit(self, path: str) -> None:
        """Type an address."""
        self._do(f"GOTO {self.base}{path}")

    def press(self, words: str) -> None:
        """Follow the last link, or press the last button, with these words."""
        self._do("END")
        self._do(f'SEARCH_BACK "{words}"')
        self._do("GOTO_LINK")

    def fill(self, label: str, typed: str) -> None:
        """Type into the field after these words."""
        self.choose_first(label)
        self._type(f"{typed}\r")

    def choose_first(self, legend: str) -> None:
        """Choose the first option after these words."""
        self._go_to(legend)
        self._do("GOTO_LINK")

    def write(self, label: str, typed: str) -> None:
        """Write into the larger field after these words."""
        self._text.write_text(typed)
        self.choose_first(label)
        end = time.monotonic() + _PATIENCE
        while self._text.exists() and time.monotonic() < end:
            self._drain()
        self._drain(1)  # w3m takes the terminal back from the editor; keys that come too soon are commands to it

    def tick(self, label: str) -> None:
        """Tick the box, or choose the option, that stands before these words."""
        self._do("BEGIN")
        self._do(f'SEARCH "{label}"')
        self._do("PREV_LINK")
        self._do("GOTO_LINK")

    def _go_to(self, label: str) -> None:
        self._do("BEGIN")
        self._do(f'SEARCH "{label}"')
        self._do("NEXT_LINK")


def find_w3m() -> str | None:
    """Path of w3m, or None."""
    return shutil.which("w3m")
