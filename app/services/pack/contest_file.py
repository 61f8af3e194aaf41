"""contest.toml: read into names, rounds and rules; written back in canonical form."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.rules.contest import ContestRules, day_bounds
from app.rules.contest_reading import Faults, read_rules
from app.rules.rounds import MOST_WEEKS, PLACE_OF_NUMBER, weekly, weekly_name
from app.services.pack.contents import Pack, PackHead, PackRound
from app.services.pack.contest_settings import (
    INTRODUCTION,
    PRIZE_NOTE,
    QUOTA_NOTE,
    ROUND_NOTE,
    keys_of,
    tables_of,
    toml_lines,
)
from app.services.pack.faults import Findings
from app.services.pack.texts import SLUG, Table, Toml, read_text

FILE = "contest.toml"
_RULE_TABLES = ("registration", "exam", "ranking", "boards", "story", "certificate", "privacy")
# Widths of the columns of app.models.contest.
_WIDTHS = {
    "slug": 80,
    "name": 200,
    "short_name": 80,
    "tagline": 200,
    "city": 80,
    "hotline": 80,
    "email": 200,
    "rules_version": 40,
}


class ContestFile:
    """contest.toml as far as it could be read; `toml` tells the lines of its keys."""

    def __init__(self, root: Path, findings: Findings, *, topics: tuple[str, ...]) -> None:
        text = read_text(root / FILE, FILE, findings) if (root / FILE).is_file() else None
        if not (root / FILE).is_file():
            findings.fault(FILE, 1, "thư mục này không có tệp contest.toml nên không phải một gói cuộc thi")
        self.toml = Toml(text or "", FILE, findings)
        self.readable = text is not None and self.toml.tables is not None
        self.head: PackHead | None = None
        self.rules = ContestRules()
        self.rounds: tuple[PackRound, ...] = ()
        if self.readable:
            self._read(topics)

    def _read(self, topics: tuple[str, ...]) -> None:
        tables: dict[str, Any] = self.toml.tables or {}
        top = self.toml.table()
        zone = top.left.pop("time_zone", ContestRules().time_zone)
        rounds, prizes = top.left.pop("rounds", []), top.left.pop("prizes", [])
        for key in ("window", *_RULE_TABLES):
            top.left.pop(key, None)
        texts = {key: top.text(key, width) for key, width in _WIDTHS.items() if key != "slug"}
        slug = top.text("slug", _WIDTHS["slug"], pattern=SLUG)
        organisers = top.texts("organisers")
        top.finish()
        window = self.toml.table("window")
        self.head = PackHead(slug=slug, organisers=organisers, shift_to_now=window.flag("shift_to_now"), **texts)
        window.finish()
        rule_tables = {key: tables.get(key, {}) for key in _RULE_TABLES}
        self._read_rules(rule_tables | {"prizes": prizes, "time_zone": zone}, topics)
        self.rounds = _read_rounds(self.toml, rounds, self.rules.zone)

    def _read_rules(self, tables: dict[str, Any], topics: tuple[str, ...]) -> None:
        try:
            self.rules = read_rules(tables, topics=topics)
        except Faults as error:
            for fault in error.faults:
                where, _, text = fault.partition(": ")
                self.toml.fault(tuple(where.split(".")), text)


def _read_rounds(toml: Toml, values: Any, zone: ZoneInfo) -> tuple[PackRound, ...]:
    if not isinstance(values, list) or not values:
        toml.fault(("rounds",), "cần ít nhất một đợt thi, viết dưới [[rounds]]")
        return ()
    rounds: list[PackRound] = []
    for place in range(len(values)):
        table = toml.table("rounds", place)
        name, window, weeks = table.text("name", 80), _read_window(table, zone), _read_weeks(table)
        table.finish()
        if window is None:
            continue
        if rounds and window[0] < rounds[-1].closes_at:
            table.fault("name", "đợt thi phải bắt đầu sau khi đợt trước kết thúc; xem lại ngày và thứ tự các đợt")
        if weeks > 1 and PLACE_OF_NUMBER not in name:
            table.fault("name", f"đợt lặp lại theo tuần cần {PLACE_OF_NUMBER} ở chỗ số thứ tự tuần, ví dụ Tuần {{n}}")
        try:
            windows = weekly(*window, weeks=weeks, zone=zone)
        except ValueError:
            table.fault("weeks", "mỗi tuần phải đóng trước khi tuần sau mở")
            continue
        rounds += [PackRound(weekly_name(name, number), *window) for number, window in enumerate(windows, 1)]
    return tuple(rounds)


def _read_weeks(table: Table) -> int:
    weeks = table.left.pop("weeks", 1)
    if type(weeks) is not int or not 1 <= weeks <= MOST_WEEKS:
        table.fault("weeks", f"phải là số tuần từ 1 đến {MOST_WEEKS}, không phải {weeks!r}")
        return 1
    return weeks


def _read_window(table: Table, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    if "opens_at" in table.left or "closes_at" in table.left:
        opens, closes = table.moment("opens_at"), table.moment("closes_at")
        key = "closes_at"
    else:
        first, last = table.day("first_day"), table.day("last_day")
        if first is None or last is None:
            return None
        opens, closes = day_bounds(first, last, zone)
        key = "last_day"
    if opens is None or closes is None:
        return None
    if opens >= closes:
        table.fault(key, "đợt thi phải kết thúc sau khi bắt đầu")
        return None
    return opens, closes


def write_contest_file(pack: Pack) -> str:
    """Canonical text of contest.toml: every setting with its explanation."""
    head, tables = pack.head, tables_of(pack.rules)
    top = {key: tables["time_zone"] if key == "time_zone" else getattr(head, key) for key in keys_of("")}
    parts = [INTRODUCTION, *("\n".join(toml_lines({key: value}, "")) + "\n" for key, value in top.items())]
    text = parts[0] + "\n" + "".join(parts[1:])
    text += "\n[window]\n" + "\n".join(toml_lines({"shift_to_now": head.shift_to_now}, "window")) + "\n"
    for number, round_ in enumerate(pack.rounds):
        text += "\n" + (ROUND_NOTE if number == 0 else "") + "[[rounds]]\n"
        text += "\n".join(toml_lines(_round_values(round_, pack.rules.zone))) + "\n"
    for table in _RULE_TABLES:
        values = dict(tables[table])
        quota = values.pop("quota", {})
        text += f"\n[{table}]\n" + "\n".join(toml_lines(values, table)) + "\n"
        text += _quota_text(quota, [topic.slug for topic in pack.topics]) if quota else ""
    prizes = ["[[prizes]]\n" + "\n".join(toml_lines(prize)) + "\n" for prize in tables["prizes"]]
    return text + "\n" + PRIZE_NOTE + "\n".join(prizes)


def _quota_text(quota: dict[str, dict[str, int]], topics: list[str]) -> str:
    tables = [
        f"[exam.quota.{topic}]\n" + "\n".join(toml_lines(quota[topic])) + "\n" for topic in topics if topic in quota
    ]
    return "\n" + QUOTA_NOTE + "\n".join(tables)


def _round_values(round_: PackRound, zone: ZoneInfo) -> dict[str, object]:
    """Whole days where they are, else moments."""
    opens, closes = round_.opens_at.astimezone(zone), round_.closes_at.astimezone(zone)
    last_day = closes.date() - timedelta(days=1)
    if day_bounds(opens.date(), last_day, zone) == (round_.opens_at, round_.closes_at):
        return {"name": round_.name, "first_day": opens.date(), "last_day": last_day}
    return {"name": round_.name, "opens_at": opens, "closes_at": closes}
