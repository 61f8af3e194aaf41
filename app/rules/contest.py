"""The settings of a contest: everything that an organiser may decide, as plain frozen values.

Read from the tables of a pack's `contest.toml` by `app.rules.contest_reading`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.rules.prizes import Prize
from app.rules.ranking import Criterion

DIFFICULTIES = ("easy", "medium", "hard")


class Gate(StrEnum):
    """What must be done before an exam opens."""

    NONE = "none"
    ALL_LESSONS = "all_lessons"


class Reveal(StrEnum):
    """What a result page shows beyond the count."""

    NOTHING = "nothing"
    WRONG_TOPICS = "wrong_topics"
    OWN_WRONG = "own_wrong"
    ALL = "all"


class RevealWhen(StrEnum):
    """When it shows that."""

    AT_ONCE = "at_once"
    AFTER_ROUND = "after_round"


class Step(StrEnum):
    """What a certificate may require."""

    LESSONS = "lessons"
    EXAM = "exam"
    STORY = "story"


class StoryKind(StrEnum):
    """Khẩu hiệu, thông điệp, câu chuyện."""

    SLOGAN = "slogan"
    MESSAGE = "message"
    STORY = "story"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"slogan": "Khẩu hiệu", "message": "Thông điệp", "story": "Câu chuyện thật"}[self.value]


@dataclass(frozen=True, slots=True)
class ExamRules:
    """`[exam]`: minutes and limits; 0 means no limit. `quota[(topic, difficulty)]` is how many are drawn."""

    minutes: int = 20
    grace_seconds: int = 120
    shuffle: bool = True
    attempts_per_round: int = 0
    attempts_per_day: int = 0
    cooldown_minutes: int = 0
    gate: Gate = Gate.ALL_LESSONS
    reveal: Reveal = Reveal.WRONG_TOPICS
    reveal_when: RevealWhen = RevealWhen.AT_ONCE
    quota: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def questions(self) -> int:
        """Questions in a paper."""
        return sum(self.quota.values())


@dataclass(frozen=True, slots=True)
class StoryRules:
    """`[story]`: kinds, lengths in words, whether the organiser reads before the wall shows."""

    kinds: tuple[StoryKind, ...] = tuple(StoryKind)
    min_words: int = 5
    max_words: int = 500
    moderated: bool = True


@dataclass(frozen=True, slots=True)
class CertificateRules:
    """`[certificate]`: conditions and wording."""

    requires: tuple[Step, ...] = (Step.LESSONS, Step.EXAM, Step.STORY)
    min_correct: int = 0
    issuer: str = ""
    title: str = "Giấy chứng nhận"
    wording: str = "Đã hoàn thành cuộc thi"
    place: str = ""
    signatory_title: str = ""
    signatory: str = ""


@dataclass(frozen=True, slots=True)
class RegistrationRules:
    """`[registration]`: who may take part, and how often and until when one changes one's own unit.

    `unit_change_until` is the last day, in the contest's zone; None: as long as the contest lasts.
    """

    min_age: int = 0
    unit_changes: int = 2
    unit_change_until: date | None = None


@dataclass(frozen=True, slots=True)
class BoardRules:
    """`[boards]`: hours before a round's end from which public boards and figures stand still, 0 means never; and from
    how many people on a unit takes a place on boards of ratios.
    """

    freeze_hours_before_end: int = 0
    min_finishers: int = 10
    min_population: int = 1000


@dataclass(frozen=True, slots=True)
class PrivacyRules:
    """`[privacy]`: for how many months after the contest's end citizen numbers and phones are kept."""

    keep_months: int = 6


@dataclass(frozen=True, slots=True)
class ContestRules:
    """All settings of one contest."""

    exam: ExamRules = field(default_factory=ExamRules)
    ranking: tuple[Criterion, ...] = (Criterion.CORRECT, Criterion.TIME_USED, Criterion.SUBMITTED_AT)
    boards: BoardRules = field(default_factory=BoardRules)
    prizes: tuple[Prize, ...] = ()
    story: StoryRules = field(default_factory=StoryRules)
    certificate: CertificateRules = field(default_factory=CertificateRules)
    time_zone: str = "Asia/Ho_Chi_Minh"
    registration: RegistrationRules = field(default_factory=RegistrationRules)
    privacy: PrivacyRules = field(default_factory=PrivacyRules)

    @property
    def zone(self) -> ZoneInfo:
        """Zone in which the contest's times are told."""
        return ZoneInfo(self.time_zone)


def day_bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """“Từ ngày … đến hết ngày …” in UTC; the end is exclusive: 00:00 of the day after."""
    opens = datetime(first.year, first.month, first.day, tzinfo=zone)
    after = last + timedelta(days=1)
    return opens.astimezone(UTC), datetime(after.year, after.month, after.day, tzinfo=zone).astimezone(UTC)


def days_to_shift(opens_at: datetime, closes_at: datetime, *, now: datetime) -> int:
    """Whole days that move a demonstration contest so that a third of it is behind us now."""
    target = now - (closes_at - opens_at) / 3
    return (target - opens_at).days
