"""Plain text at the edge: UTF-8, NFC, line ends; TOML with the line of every key; front matter."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.services.pack.faults import Findings

# Control characters have no place in a text; the non-characters are what gift.py puts in place of escapes.
_STRANGE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]*\")\s*=")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def read_text(path: Path, file: str, findings: Findings) -> str | None:
    """Text in NFC with `\\n` line ends; None after a fault. A byte order mark (Notepad) is dropped."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        findings.fault(file, line, "không phải chữ UTF-8; mở tệp và lưu lại với bảng mã UTF-8")
        return None
    except OSError as error:
        findings.fault(file, 1, f"không đọc được tệp ({error.strerror})")
        return None
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    for strange in _STRANGE.finditer(text):
        line = text.count("\n", 0, strange.start()) + 1
        findings.fault(file, line, f"có ký tự điều khiển U+{ord(strange[0]):04X}; hãy xóa ký tự đó")
        return None
    return text


def key_lines(text: str) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """(path, line) of every table and key; members of `[[x]]` are counted: ("x", 0, "name")."""
    here: tuple[str | int, ...] = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            name = header[2]
            here = tuple(part.strip().strip('"') for part in name.split("."))
            if header[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                here = (*here, counts[name])
            yield here, number
        elif key := _KEY.match(line):
            yield (*here, key[1].strip('"')), number


def _line(value: object) -> str:
    """A string as one trimmed line in NFC; empty when it is none. TOML's escapes can write any character."""
    if not isinstance(value, str) or "\n" in value or _STRANGE.search(value):
        return ""
    return unicodedata.normalize("NFC", value.strip())


class Toml:
    """One parsed TOML text that knows where its keys stand."""

    def __init__(self, text: str, file: str, findings: Findings, *, first_line: int = 1) -> None:
        self.file, self.findings, self.first_line = file, findings, first_line
        self.lines = dict(reversed(list(key_lines(text))))  # the first of two wins
        self.tables: dict[str, Any] | None = None
        try:
            self.tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            where = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
            line = int(where[1]) if where else text.rstrip("\n").count("\n") + 1
            what = re.sub(r" \(at .*\)$", "", str(error))
            advice = "sai cú pháp TOML; xem lại dấu nháy, dấu bằng và dấu ngoặc ở dòng này"
            findings.fault(file, line + first_line - 1, f"{advice} ({what})")

    def line(self, *path: str | int) -> int:
        """Line of a key, or of the nearest table above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1) + self.first_line - 1

    def fault(self, path: tuple[str | int, ...], text: str) -> None:
        """A fault at this key."""
        name = ".".join(part for part in path if isinstance(part, str))
        self.findings.fault(self.file, self.line(*path), f"{name}: {text}" if name else text)

    def table(self, *path: str | int) -> "Table":
        """The table at a path; a missing one is empty."""
        value: Any = self.tables or {}
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                value = {}
        if not isinstance(value, dict):
            self.fault(path, "phải là một bảng")
            value = {}
        return Table(self, path, value)


class Table:
    """Takes typed values out of one table; what is missing or wrong becomes a fault and an empty value."""

    def __init__(self, toml: Toml, path: tuple[str | int, ...], values: dict[str, Any]) -> None:
        self.toml, self.path, self.left = toml, path, dict(values)

    def fault(self, key: str, text: str) -> None:
        """A fault at a key of this table."""
        self.toml.fault((*self.path, key) if key else self.path, text)

    def _take(self, key: str, what: str, good: Callable[[Any], bool]) -> Any:
        if key not in self.left:
            self.fault(key, f"thiếu; hãy ghi {what}")
            return None
        value = self.left.pop(key)
        if good(value):
            return value
        self.fault(key, f"phải là {what}, không phải {value!r}")
        return None

    def text(self, key: str, limit: int, *, pattern: re.Pattern[str] | None = None) -> str:
        """A line of 1 to `limit` characters, trimmed."""
        what = f"một dòng chữ không trống, nhiều nhất {limit} ký tự"
        value = _line(self._take(key, what, lambda v: 1 <= len(_line(v)) <= limit))
        if value and pattern and not pattern.fullmatch(value):
            self.fault(key, "chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list with at least one line of text."""

        def good(value: Any) -> bool:
            return isinstance(value, list) and bool(value) and all(map(_line, value))

        value = self._take(key, 'danh sách dòng chữ, ví dụ ["…", "…"]', good)
        return tuple(map(_line, value or ()))

    def whole(self, key: str, low: int, high: int) -> int:
        """A whole number within bounds."""
        value = self._take(key, f"số nguyên từ {low} đến {high}", lambda v: type(v) is int and low <= v <= high)
        return value or 0

    def flag(self, key: str) -> bool:
        """true or false."""
        return self._take(key, "true hoặc false", lambda v: isinstance(v, bool)) is True

    def day(self, key: str) -> date | None:
        """A date without time."""
        value = self._take(key, "ngày dạng 2025-10-11", lambda v: isinstance(v, date) and not isinstance(v, datetime))
        return value if isinstance(value, date) else None

    def moment(self, key: str) -> datetime | None:
        """A date and time with its offset."""
        value = self._take(
            key, "thời điểm dạng 2025-10-11T08:00:00+07:00", lambda v: isinstance(v, datetime) and v.tzinfo is not None
        )
        return value if isinstance(value, datetime) else None

    def finish(self) -> None:
        """Whatever is left has no meaning: most often a misspelt key."""
        for key in self.left:
            self.fault(key, "không có mục nào tên như vậy; hãy sửa tên hoặc bỏ dòng này")
