"""What a contest pack holds, as plain frozen values between the folder and the tables."""

from dataclasses import dataclass, field
from datetime import date, datetime

from app.models.group import GroupKind
from app.models.old_unit import Mapping
from app.models.question import Pool, QuestionKind
from app.models.unit import UnitType
from app.rules.contest import ContestRules
from app.services.pack.faults import Fault


@dataclass(frozen=True, slots=True)
class PackRound:
    """A round; `closes_at` is exclusive, both UTC."""

    name: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class PackUnit:
    """A line of units.csv."""

    code: str
    type: UnitType
    name: str
    population: int | None
    cluster: str | None


@dataclass(frozen=True, slots=True)
class PackOldUnit:
    """A line of old-units.csv: an old ward and a unit that it went to."""

    name: str
    district: str
    mapping: Mapping
    code: str


@dataclass(frozen=True, slots=True)
class PackGroup:
    """A line of groups.csv: a group within the unit of this code."""

    code: str
    kind: GroupKind
    name: str
    join_code: str | None


@dataclass(frozen=True, slots=True)
class PackPage:
    """A text of the organiser in Markdown."""

    slug: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class PackLesson:
    """A lesson: Markdown and its SVG."""

    number: int
    slug: str
    title: str
    summary: str
    minutes: int
    sources: tuple[str, ...]
    as_of: date
    body: str
    picture: str


@dataclass(frozen=True, slots=True)
class PackTopic:
    """A topic folder."""

    number: int
    slug: str
    title: str
    summary: str
    lessons: tuple[PackLesson, ...]

    @property
    def folder(self) -> str:
        """`01-nhan-thuc-so`, the name of its folder and of its question files."""
        return f"{self.number:02d}-{self.slug}"


@dataclass(frozen=True, slots=True)
class QuestionText:
    """What is asked: the columns of a question version. `right` are 0-based places, `picture` is SVG text."""

    kind: QuestionKind
    stem: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    explanation: str
    source: str
    as_of: date
    review_on: date | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class PackQuestion:
    """A question by its stable id; topic and lesson by slug, `position` in its file from 1.

    `line` is where its id stands, for faults found later.
    """

    ref: str
    pool: Pool
    topic: str
    lesson: str | None
    difficulty: str
    position: int
    text: QuestionText
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class PackHead:
    """The names in contest.toml."""

    slug: str
    name: str
    short_name: str
    tagline: str
    city: str
    organisers: tuple[str, ...]
    hotline: str
    email: str
    rules_version: str
    shift_to_now: bool


@dataclass(frozen=True, slots=True)
class Pack:
    """A whole contest, free of faults. `remarks` name what stood in the folder but is not kept."""

    head: PackHead
    rules: ContestRules
    rounds: tuple[PackRound, ...]
    units: tuple[PackUnit, ...]
    topics: tuple[PackTopic, ...]
    questions: tuple[PackQuestion, ...]
    pages: tuple[PackPage, ...]
    remarks: tuple[Fault, ...] = ()
    old_units: tuple[PackOldUnit, ...] = ()
    groups: tuple[PackGroup, ...] = ()
