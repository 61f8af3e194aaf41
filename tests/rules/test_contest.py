"""Settings of a contest."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.contest import (
    CertificateRules,
    ContestRules,
    ExamRules,
    Gate,
    RegistrationRules,
    Reveal,
    RevealWhen,
    Step,
    StoryKind,
    StoryRules,
    day_bounds,
    days_to_shift,
)
from app.rules.contest_reading import Faults, read_rules
from app.rules.ranking import Criterion

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
TOPICS = ("an-toan", "tien-ich")
LEAST: dict[str, Any] = {"exam": {"quota": {"an-toan": {"easy": 2}}}, "certificate": {"issuer": "Ban Tổ chức"}}


def tables(section: str, **changes: Any) -> dict[str, Any]:
    out = deepcopy(LEAST)
    out.setdefault(section, {}).update(changes)
    return out


def faults_of(given_tables: dict[str, Any]) -> list[str]:
    with pytest.raises(Faults) as refused:
        read_rules(given_tables, topics=TOPICS)
    return refused.value.faults


def test_what_is_not_said_has_the_defaults() -> None:
    rules = read_rules(LEAST, topics=TOPICS)
    assert rules == ContestRules(
        exam=ExamRules(quota={("an-toan", "easy"): 2}), certificate=CertificateRules(issuer="Ban Tổ chức")
    )
    assert (rules.exam.minutes, rules.exam.grace_seconds, rules.exam.gate) == (20, 120, Gate.ALL_LESSONS)
    assert rules.ranking == (Criterion.CORRECT, Criterion.TIME_USED, Criterion.SUBMITTED_AT)
    assert rules.zone == VIETNAM


def test_everything_that_can_be_said_is_read() -> None:
    rules = read_rules(
        {
            "exam": {
                "minutes": 30,
                "grace_seconds": 0,
                "shuffle": False,
                "attempts_per_round": 7,
                "attempts_per_day": 2,
                "cooldown_minutes": 15,
                "gate": "none",
                "reveal": "all",
                "reveal_when": "after_round",
                "quota": {"an-toan": {"easy": 5, "medium": 3, "hard": 2}, "tien-ich": {"easy": 10, "hard": 0}},
            },
            "ranking": {"key": ["time_used", "attempts"]},
            "story": {"kinds": ["story"], "min_words": 50, "max_words": 50, "moderated": False},
            "certificate": {
                "requires": [],
                "min_correct": 20,
                "issuer": "Sở",
                "title": "Giấy khen",
                "wording": "Đã thi",
                "place": "Huế",
                "signatory_title": "Giám đốc",
                "signatory": "Trần Văn Mẫu",
            },
            "time_zone": "Asia/Bangkok",
            "registration": {"min_age": 14, "unit_changes": 3, "unit_change_until": date(2025, 10, 31)},
        },
        topics=TOPICS,
    )
    quota = {("an-toan", "easy"): 5, ("an-toan", "medium"): 3, ("an-toan", "hard"): 2, ("tien-ich", "easy"): 10}
    assert rules == ContestRules(
        exam=ExamRules(30, 0, False, 7, 2, 15, Gate.NONE, Reveal.ALL, RevealWhen.AFTER_ROUND, quota),
        ranking=(Criterion.TIME_USED, Criterion.ATTEMPTS),
        story=StoryRules((StoryKind.STORY,), 50, 50, False),
        certificate=CertificateRules((), 20, "Sở", "Giấy khen", "Đã thi", "Huế", "Giám đốc", "Trần Văn Mẫu"),
        time_zone="Asia/Bangkok",
        registration=RegistrationRules(14, 3, date(2025, 10, 31)),
    )
    assert rules.exam.questions == 20


def test_every_fault_is_named_at_once() -> None:
    faults = faults_of(
        {
            "exam": {
                "minutes": 0,
                "grace_seconds": "120",
                "shuffle": 1,
                "attempts_per_round": -1,
                "attempts_per_day": 1.0,
                "cooldown_minutes": True,
                "gate": "some",
                "reveal": None,
                "reveal_when": "never",
                "quota": {"an-toan": {"easy": 101, "harder": 1}, "khac": {"easy": 1}},
                "minute": 20,
            },
            "ranking": {"key": [], "order": "asc"},
            "story": {"kinds": ["poem"], "min_words": 10, "max_words": 9, "moderated": "yes", "likes": True},
            "certificate": {"requires": "exam", "min_correct": 1, "issuer": " ", "title": 5, "seal": "x"},
            "time_zone": "Asia/Hai_Phong",
            "registration": {"min_age": -1, "unit_changes": "2", "unit_change_until": "31/10", "age": 7},
        }
    )
    assert sorted(fault.partition(":")[0] for fault in faults) == sorted(
        [
            *(f"exam.{key}" for key in ("minutes", "grace_seconds", "shuffle", "attempts_per_round")),
            *(f"exam.{key}" for key in ("attempts_per_day", "cooldown_minutes", "gate", "reveal", "reveal_when")),
            *("exam.quota.khac", "exam.quota.an-toan.easy", "exam.quota.an-toan.harder", "exam.quota", "exam.minute"),
            *("ranking.key", "ranking.order"),
            *("story.kinds", "story.max_words", "story.moderated", "story.likes"),
            *(f"certificate.{key}" for key in ("requires", "min_correct", "issuer", "title", "seal")),
            "time_zone",
            *(f"registration.{key}" for key in ("min_age", "unit_changes", "unit_change_until", "age")),
        ]
    )
    assert all(": " in fault and "\n" not in fault for fault in faults)


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("registration", "unit_change_until", datetime(2025, 10, 31, tzinfo=UTC)),
        ("registration", "unit_change_until", 31),
        ("privacy", "keep_months", 121),
        ("privacy", "keep_months", "6"),
        ("exam", "minutes", 601),
        ("exam", "minutes", True),
        ("exam", "grace_seconds", 3601),
        ("ranking", "key", ["correct", "correct"]),
        ("ranking", "key", "correct"),
        ("ranking", "key", ["correct", 1]),
        ("ranking", "key", [["correct"]]),
        ("story", "kinds", []),
        ("story", "min_words", 0),
        ("certificate", "requires", ["exam", "exam"]),
        ("certificate", "requires", ["fee"]),
        ("certificate", "min_correct", 3),  # of two questions
        ("certificate", "wording", ""),
    ],
)
def test_one_fault_is_one_line(section: str, key: str, value: Any) -> None:
    (fault,) = faults_of(tables(section, **{key: value}))
    assert fault.startswith(f"{section}.{key}: ")


@pytest.mark.parametrize("section", ["exam", "ranking", "story", "certificate"])
def test_a_section_must_be_a_table(section: str) -> None:
    assert f"{section}: phải là một bảng" in faults_of(LEAST | {section: [1]})


@pytest.mark.parametrize(
    ("quota", "fault"),
    [
        ({}, "exam.quota: một đề phải có từ 1 đến 100 câu, đang là 0"),
        ({"an-toan": {"easy": 0}}, "exam.quota: một đề phải có từ 1 đến 100 câu, đang là 0"),
        (
            {"an-toan": {"easy": 60}, "tien-ich": {"easy": 41}},
            "exam.quota: một đề phải có từ 1 đến 100 câu, đang là 101",
        ),
        ({"an-toan": {"easy": 2}, "khac": {}}, "exam.quota.khac: không có chuyên đề nào tên như vậy"),
    ],
)
def test_a_paper_has_1_to_100_questions_of_known_topics(quota: dict[str, Any], fault: str) -> None:
    assert faults_of(tables("exam", quota=quota)) == [fault]


@pytest.mark.parametrize("zone", ["", "Mars", "../etc/passwd", 7, None])
def test_a_zone_that_is_none(zone: object) -> None:
    assert faults_of(LEAST | {"time_zone": zone}) == [f"time_zone: không có múi giờ {zone!r}"]


def test_certificate_may_require_nothing_or_all() -> None:
    assert read_rules(tables("certificate", requires=[]), topics=TOPICS).certificate.requires == ()
    every = read_rules(tables("certificate", requires=[*Step]), topics=TOPICS)
    assert every.certificate.requires == tuple(Step)


def test_the_tables_that_were_read_stay_as_they_are() -> None:
    """They are the contest's row in the database."""
    before = deepcopy(LEAST)
    read_rules(LEAST, topics=TOPICS)
    assert before == LEAST


def test_to_the_end_of_a_day_is_the_next_midnight() -> None:
    """“Đến hết ngày 11/11” ends at 00:00 on 12/11 in Vietnam, exclusive."""
    assert day_bounds(date(2025, 10, 11), date(2025, 11, 11), VIETNAM) == (
        datetime(2025, 10, 10, 17, tzinfo=UTC),
        datetime(2025, 11, 11, 17, tzinfo=UTC),
    )
    one_day = day_bounds(date(2025, 12, 31), date(2025, 12, 31), VIETNAM)
    assert one_day[1] - one_day[0] == timedelta(days=1)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2050, 1, 1)),  # noqa: DTZ001
    st.integers(1, 400),
)
def test_a_shifted_window_is_open_and_a_third_of_it_is_over(now: datetime, days: int) -> None:
    opens, closes = day_bounds(date(2025, 10, 11), date(2025, 10, 10) + timedelta(days=days), VIETNAM)
    moment = now.replace(tzinfo=UTC)
    shift = timedelta(days=days_to_shift(opens, closes, now=moment))
    gone = moment - (opens + shift)
    third = (closes - opens) / 3
    assert third <= gone < third + timedelta(days=1)
