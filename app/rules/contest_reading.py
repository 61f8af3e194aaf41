"""Reading a contest's settings from the tables of its `contest.toml`; every fault is named at once."""

from collections.abc import Callable, Mapping
from typing import TypeVar
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
from app.rules.settings_table import SettingsTable

T = TypeVar("T")
_LEVEL_WIDTH = 80


class Faults(Exception):
    """Every fault found, each a line for the organiser."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def _read_quota(table: SettingsTable, topics: tuple[str, ...]) -> dict[tuple[str, str], int]:
    quota: dict[tuple[str, str], int] = {}
    for topic in list(table.left):
        if topic not in topics:
            table.left.pop(topic)
            table.fault(topic, "không có chuyên đề nào tên như vậy")
            continue
        shelf = table.table(topic)
        for difficulty in DIFFICULTIES:
            if wanted := shelf.whole(difficulty, 0, 0, 100):
                quota[topic, difficulty] = wanted
        shelf.finish()
    if not 1 <= sum(quota.values()) <= 100:
        table.fault("", f"một đề phải có từ 1 đến 100 câu, đang là {sum(quota.values())}")
    return quota


def _registration(table: SettingsTable) -> RegistrationRules:
    default = RegistrationRules()
    return RegistrationRules(
        min_age=table.whole("min_age", default.min_age, 0, 100),
        unit_changes=table.whole("unit_changes", default.unit_changes, 0, 100),
        unit_change_until=table.day("unit_change_until"),
    )


def _exam(table: SettingsTable, topics: tuple[str, ...]) -> ExamRules:
    default = ExamRules()
    return ExamRules(
        minutes=table.whole("minutes", default.minutes, 1, 600),
        grace_seconds=table.whole("grace_seconds", default.grace_seconds, 0, 3600),
        shuffle=table.flag("shuffle", default.shuffle),
        attempts_per_round=table.whole("attempts_per_round", 0, 0, 10_000),
        attempts_per_day=table.whole("attempts_per_day", 0, 0, 1_000),
        cooldown_minutes=table.whole("cooldown_minutes", 0, 0, 100_000),
        gate=table.choice("gate", Gate, default.gate),
        reveal=table.choice("reveal", Reveal, default.reveal),
        reveal_when=table.choice("reveal_when", RevealWhen, default.reveal_when),
        quota=_read_quota(table.table("quota"), topics),
    )


def _boards(table: SettingsTable) -> BoardRules:
    default = BoardRules()
    return BoardRules(
        freeze_hours_before_end=table.whole("freeze_hours_before_end", default.freeze_hours_before_end, 0, 1000),
        min_finishers=table.whole("min_finishers", default.min_finishers, 1, 100_000),
        min_population=table.whole("min_population", default.min_population, 1, 10_000_000),
    )


def _story(table: SettingsTable) -> StoryRules:
    default = StoryRules()
    rules = StoryRules(
        kinds=table.choices("kinds", StoryKind, default.kinds),
        min_words=table.whole("min_words", default.min_words, 1, 5_000),
        max_words=table.whole("max_words", default.max_words, 1, 5_000),
        moderated=table.flag("moderated", default.moderated),
    )
    if rules.min_words > rules.max_words:
        table.fault("max_words", "phải lớn hơn hoặc bằng min_words")
    return rules


def _certificate(table: SettingsTable, questions: int) -> CertificateRules:
    default = CertificateRules()
    return CertificateRules(
        requires=table.choices("requires", Step, default.requires, empty=True),
        min_correct=table.whole("min_correct", 0, 0, max(questions, 0)),
        **{
            key: table.text(key, getattr(default, key), required=key in ("issuer", "title", "wording"))
            for key in ("issuer", "title", "wording", "place", "signatory_title", "signatory")
        },
    )


def _privacy(table: SettingsTable) -> PrivacyRules:
    return PrivacyRules(keep_months=table.whole("keep_months", PrivacyRules().keep_months, 0, 120))


def _read_prizes(values: object, faults: list[str]) -> tuple[Prize, ...]:
    if not isinstance(values, list | tuple):
        faults.append("prizes: mỗi giải là một mục [[prizes]]")
        return ()
    prizes: list[Prize] = []
    for place, value in enumerate(values, 1):
        table = SettingsTable(value, "prizes", faults)
        level = table.text("level", required=True)
        if len(level) > _LEVEL_WIDTH or level in [prize.level for prize in prizes]:
            table.fault("level", f"giải thứ {place}: tên nhiều nhất {_LEVEL_WIDTH} ký tự và không trùng giải khác")
        for_a_person = table.left.get("for", Winner.PERSON) == Winner.PERSON
        winner = table.choice("for", Winner, Winner.PERSON)
        if for_a_person and "metric" in table.left:
            table.fault("metric", 'chỉ dùng cho giải tập thể, for = "unit"')
            table.left.pop("metric")
        metric = table.choice("metric", Metric, Metric.FINISHERS)
        span = table.choice("round", Span, Span.TOTAL)
        prizes.append(Prize(level, table.whole("count", 0, 1, 1000), winner, metric, span))
        table.finish()
    return tuple(prizes)


def _read_zone(value: object, faults: list[str]) -> str:
    try:
        ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):
        faults.append(f"time_zone: không có múi giờ {value!r}")
    return str(value)


def read_rules(tables: Mapping[str, object], *, topics: tuple[str, ...]) -> ContestRules:
    """Read `[registration]`, `[exam]`, `[ranking]`, `[boards]`, `[story]`, `[certificate]`, `[privacy]`,
    `[[prizes]]`, `time_zone`.

    Raises Faults with one line per fault: `exam.minutes: phải là …`.
    """
    faults: list[str] = []
    default = ContestRules()

    def section(name: str, read: Callable[[SettingsTable], T]) -> T:
        table = SettingsTable(tables.get(name, {}), name, faults)
        rules = read(table)
        table.finish()
        return rules

    registration, exam = section("registration", _registration), section("exam", lambda table: _exam(table, topics))
    rules = ContestRules(
        registration=registration,
        exam=exam,
        ranking=section("ranking", lambda table: table.choices("key", Criterion, default.ranking)),
        boards=section("boards", _boards),
        prizes=_read_prizes(tables.get("prizes", []), faults),
        story=section("story", _story),
        certificate=section("certificate", lambda table: _certificate(table, exam.questions)),
        privacy=section("privacy", _privacy),
        time_zone=_read_zone(tables.get("time_zone", default.time_zone), faults),
    )
    if faults:
        raise Faults(faults)
    return rules
