"""Reading a contest's settings from the tables of its `contest.toml`; every fault is named at once."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from app.rules.contest import (
    DIFFICULTIES,
    BoardRules,
    CertificateRules,
    ContestRules,
    ExamRules,
    Gate,
    PrivacyRules,
    RegistrationRules,
    Reveal,
    RevealWhen,
    Step,
    StoryKind,
    StoryRules,
)
from app.rules.prizes import Metric, Prize, Span, Winner
from app.rules.ranking import Criterion

E = TypeVar("E", bound=StrEnum)
_LEVEL_WIDTH = 80


class Faults(Exception):
    """Every fault found, each a line for the organiser."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class _Reader:
    """Takes values out of one TOML table and collects what is wrong with them."""

    def __init__(self, table: object, where: str, faults: list[str]) -> None:
        self.where, self.faults = where, faults
        self.left: dict[str, Any] = dict(table) if isinstance(table, Mapping) else {}
        if not isinstance(table, Mapping):
            self.fault("", "phải là một bảng")

    def fault(self, key: str, what: str) -> None:
        self.faults.append(f"{self.where}{'.' if key and self.where else ''}{key}: {what}")

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        value = self.left.pop(key, default)
        if type(value) is not int or not low <= value <= high:
            self.fault(key, f"phải là số nguyên từ {low} đến {high}, không phải {value!r}")
            return default
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self.left.pop(key, default)
        if not isinstance(value, bool):
            self.fault(key, f"phải là true hoặc false, không phải {value!r}")
            return default
        return value

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
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
        value = self.left.pop(key, default.value)
        try:
            return kind(value)
        except ValueError:
            self.fault(key, f"phải là một trong {', '.join(kind)}, không phải {value!r}")
            return default

    def choices(self, key: str, kind: type[E], default: tuple[E, ...], *, empty: bool = False) -> tuple[E, ...]:
        value = self.left.pop(key, [d.value for d in default])
        try:
            out = tuple(kind(v) for v in value) if isinstance(value, list) else ()
        except ValueError:
            out = ()
        if not isinstance(value, list) or (not out and not (empty and value == [])) or len(set(out)) != len(out):
            self.fault(key, f"phải là danh sách không lặp gồm {', '.join(kind)}, không phải {value!r}")
            return default
        return out

    def table(self, key: str) -> "_Reader":
        return _Reader(self.left.pop(key, {}), f"{self.where}.{key}" if self.where else key, self.faults)

    def finish(self) -> None:
        for key in self.left:
            self.fault(key, "không có thiết lập nào tên như vậy")


def _read_quota(reader: _Reader, topics: tuple[str, ...]) -> dict[tuple[str, str], int]:
    quota: dict[tuple[str, str], int] = {}
    for topic in list(reader.left):
        if topic not in topics:
            reader.left.pop(topic)
            reader.fault(topic, "không có chuyên đề nào tên như vậy")
            continue
        shelf = reader.table(topic)
        for difficulty in DIFFICULTIES:
            if wanted := shelf.whole(difficulty, 0, 0, 100):
                quota[topic, difficulty] = wanted
        shelf.finish()
    if not 1 <= sum(quota.values()) <= 100:
        reader.fault("", f"một đề phải có từ 1 đến 100 câu, đang là {sum(quota.values())}")
    return quota


def _read_registration(tables: Mapping[str, object], faults: list[str]) -> RegistrationRules:
    reader, default = _Reader(tables.get("registration", {}), "registration", faults), RegistrationRules()
    rules = RegistrationRules(
        min_age=reader.whole("min_age", default.min_age, 0, 100),
        unit_changes=reader.whole("unit_changes", default.unit_changes, 0, 100),
        unit_change_until=reader.day("unit_change_until"),
    )
    reader.finish()
    return rules


def _read_privacy(tables: Mapping[str, object], faults: list[str]) -> PrivacyRules:
    reader, default = _Reader(tables.get("privacy", {}), "privacy", faults), PrivacyRules()
    rules = PrivacyRules(keep_months=reader.whole("keep_months", default.keep_months, 0, 120))
    reader.finish()
    return rules


def _read_boards(tables: Mapping[str, object], faults: list[str]) -> BoardRules:
    reader, default = _Reader(tables.get("boards", {}), "boards", faults), BoardRules()
    rules = BoardRules(
        freeze_hours_before_end=reader.whole("freeze_hours_before_end", default.freeze_hours_before_end, 0, 1000),
        min_finishers=reader.whole("min_finishers", default.min_finishers, 1, 100_000),
        min_population=reader.whole("min_population", default.min_population, 1, 10_000_000),
    )
    reader.finish()
    return rules


def _read_prizes(values: object, faults: list[str]) -> tuple[Prize, ...]:
    if not isinstance(values, list | tuple):
        faults.append("prizes: mỗi giải là một mục [[prizes]]")
        return ()
    prizes: list[Prize] = []
    for place, table in enumerate(values, 1):
        reader = _Reader(table, "prizes", faults)
        level = reader.text("level", required=True)
        if len(level) > _LEVEL_WIDTH or level in [prize.level for prize in prizes]:
            reader.fault("level", f"giải thứ {place}: tên nhiều nhất {_LEVEL_WIDTH} ký tự và không trùng giải khác")
        for_a_person = reader.left.get("for", Winner.PERSON) == Winner.PERSON
        winner = reader.choice("for", Winner, Winner.PERSON)
        if for_a_person and "metric" in reader.left:
            reader.fault("metric", 'chỉ dùng cho giải tập thể, for = "unit"')
            reader.left.pop("metric")
        metric = reader.choice("metric", Metric, Metric.FINISHERS)
        span = reader.choice("round", Span, Span.TOTAL)
        prizes.append(Prize(level, reader.whole("count", 0, 1, 1000), winner, metric, span))
        reader.finish()
    return tuple(prizes)


def read_rules(tables: Mapping[str, object], *, topics: tuple[str, ...]) -> ContestRules:
    """Read `[registration]`, `[exam]`, `[ranking]`, `[boards]`, `[story]`, `[certificate]`, `[privacy]`,
    `[[prizes]]`, `time_zone`.

    Raises Faults with one line per fault: `exam.minutes: phải là …`.
    """
    faults: list[str] = []
    default = ContestRules()
    registration_rules = _read_registration(tables, faults)
    exam = _Reader(tables.get("exam", {}), "exam", faults)
    exam_rules = ExamRules(
        minutes=exam.whole("minutes", default.exam.minutes, 1, 600),
        grace_seconds=exam.whole("grace_seconds", default.exam.grace_seconds, 0, 3600),
        shuffle=exam.flag("shuffle", default.exam.shuffle),
        attempts_per_round=exam.whole("attempts_per_round", 0, 0, 10_000),
        attempts_per_day=exam.whole("attempts_per_day", 0, 0, 1_000),
        cooldown_minutes=exam.whole("cooldown_minutes", 0, 0, 100_000),
        gate=exam.choice("gate", Gate, default.exam.gate),
        reveal=exam.choice("reveal", Reveal, default.exam.reveal),
        reveal_when=exam.choice("reveal_when", RevealWhen, default.exam.reveal_when),
        quota=_read_quota(exam.table("quota"), topics),
    )
    exam.finish()
    ranking = _Reader(tables.get("ranking", {}), "ranking", faults)
    criteria = ranking.choices("key", Criterion, default.ranking)
    ranking.finish()
    boards = _read_boards(tables, faults)
    prizes = _read_prizes(tables.get("prizes", []), faults)
    story = _Reader(tables.get("story", {}), "story", faults)
    story_rules = StoryRules(
        kinds=story.choices("kinds", StoryKind, default.story.kinds),
        min_words=story.whole("min_words", default.story.min_words, 1, 5_000),
        max_words=story.whole("max_words", default.story.max_words, 1, 5_000),
        moderated=story.flag("moderated", default.story.moderated),
    )
    if story_rules.min_words > story_rules.max_words:
        story.fault("max_words", "phải lớn hơn hoặc bằng min_words")
    story.finish()
    certificate = _Reader(tables.get("certificate", {}), "certificate", faults)
    certificate_rules = CertificateRules(
        requires=certificate.choices("requires", Step, default.certificate.requires, empty=True),
        min_correct=certificate.whole("min_correct", 0, 0, max(exam_rules.questions, 0)),
        **{
            key: certificate.text(
                key, getattr(default.certificate, key), required=key in ("issuer", "title", "wording")
            )
            for key in ("issuer", "title", "wording", "place", "signatory_title", "signatory")
        },
    )
    certificate.finish()
    privacy = _read_privacy(tables, faults)
    zone = tables.get("time_zone", default.time_zone)
    try:
        ZoneInfo(str(zone))
    except (KeyError, ValueError, OSError):
        faults.append(f"time_zone: không có múi giờ {zone!r}")
    if faults:
        raise Faults(faults)
    return ContestRules(
        registration=registration_rules,
        exam=exam_rules,
        ranking=criteria,
        boards=boards,
        prizes=prizes,
        story=story_rules,
        certificate=certificate_rules,
        time_zone=str(zone),
        privacy=privacy,
    )
