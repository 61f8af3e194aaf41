"""Values out of one table of a contest's settings, each with its kind and bounds."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

E = TypeVar("E", bound=StrEnum)


class SettingsTable:
    """Takes values out of one TOML table and collects what is wrong with them."""

    def __init__(self, table: object, where: str, faults: list[str]) -> None:
        self.where, self.faults = where, faults
        self.left: dict[str, Any] = dict(table) if isinstance(table, Mapping) else {}
        if not isinstance(table, Mapping):
            self.fault("", "phải là một bảng")

    def fault(self, key: str, what: str) -> None:
        """A line for the organiser: `exam.minutes: phải là …`."""
        self.faults.append(f"{self.where}{'.' if key and self.where else ''}{key}: {what}")

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number within these bounds, both included."""
        value = self.left.pop(key, default)
        if type(value) is not int or not low <= value <= high:
            self.fault(key, f"phải là số nguyên từ {low} đến {high}, không phải {value!r}")
            return default
        return value

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.left.pop(key, default)
        if not isinstance(value, bool):
            self.fault(key, f"phải là true hoặc false, không phải {value!r}")
            return default
        return value

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """One line of text."""
        value = self.left.pop(key, default)
        if not isinstance(value, str) or (required and not value.strip()):
            self.fault(key, "phải là một dòng chữ" + (", không được để trống" if required else ""))
            return default
        return value

    def day(self, key: str) -> date | None:
        """A date of TOML, or its text, which is all that JSON can hold; empty is none."""
        value = self.left.pop(key, "")
        if value == "":
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.fault(key, f"phải là một ngày dạng 2025-10-31 hoặc để trống, không phải {value!r}")
            return None

    def choice(self, key: str, kind: type[E], default: E) -> E:
        """One of these words."""
        value = self.left.pop(key, default.value)
        try:
            return kind(value)
        except ValueError:
            self.fault(key, f"phải là một trong {', '.join(kind)}, không phải {value!r}")
            return default

    def choices(self, key: str, kind: type[E], default: tuple[E, ...], *, empty: bool = False) -> tuple[E, ...]:
        """Some of these words, each once, in their order; none only where `empty` allows it."""
        value = self.left.pop(key, [d.value for d in default])
        try:
            out = tuple(kind(v) for v in value) if isinstance(value, list) else ()
        except ValueError:
            out = ()
        if not isinstance(value, list) or (not out and not (empty and value == [])) or len(set(out)) != len(out):
            self.fault(key, f"phải là danh sách không lặp gồm {', '.join(kind)}, không phải {value!r}")
            return default
        return out

    def table(self, key: str) -> "SettingsTable":
        """A table within this one; its faults are told with its whole name."""
        return SettingsTable(self.left.pop(key, {}), f"{self.where}.{key}" if self.where else key, self.faults)

    def finish(self) -> None:
        """Name what is left: nobody took it, so it means nothing."""
        for key in self.left:
            self.fault(key, "không có thiết lập nào tên như vậy")
