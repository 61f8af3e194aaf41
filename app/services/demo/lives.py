"""What one invented contestant did from registering to the certificate: the contest's own rules decide the results."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.models import AttemptState, StoryState
from app.rules import clock
from app.rules.answers import answered
from app.rules.contest import StoryKind
from app.rules.ranking import Result, rank_key
from app.services.catalogue import Catalogue
from app.services.certify import Progress
from app.services.demo.papers import Papers, ReadyPaper
from app.services.demo.people import invent_name
from app.services.demo.sharing_out import Part
from app.services.demo.stories import invent_story
from app.services.demo.timeline import LEARNING, Stretch, Timeline, spacing
from app.services.demo.wanted import Wanted

_DAY = timedelta(days=1)
_STORIES = 0.05  # of those who finished
_REASONS = (
    "Bài có số điện thoại của người khác.",
    "Bài trùng với một bài đã gửi.",
    "Nội dung chưa đúng chủ đề cuộc thi.",
)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One graded attempt; `key` is its ranking key."""

    paper: str
    answers: str
    state: AttemptState
    started_at: datetime
    deadline_at: datetime
    closes_at: datetime
    ended_at: datetime
    result: Result
    key: str
    page: str
    saves: int


@dataclass(frozen=True, slots=True)
class Told:
    """A story and what became of it."""

    kind: StoryKind
    body: str
    on_wall: bool
    state: StoryState
    reason: str
    told_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Life:
    """One contestant; `round_id` is where all the attempts belong."""

    name: str
    unit: int
    on_boards: bool
    assisted: bool
    registered_at: datetime
    lessons: tuple[tuple[int, datetime], ...]
    round_id: int
    sittings: tuple[Sitting, ...]
    story: Told | None
    certified_at: datetime | None

    @property
    def best(self) -> int | None:
        """Place of the attempt that stands, as standings.record_result would find it: the first of the best."""
        return min(range(len(self.sittings)), key=lambda i: self.sittings[i].key, default=None)


class Lives:
    """Makes lives one after the other. Who somebody is and how well they do never depends on the dates."""

    def __init__(
        self, *, wanted: Wanted, catalogue: Catalogue, papers: Papers, stretches: list[Stretch], timeline: Timeline
    ) -> None:
        self._catalogue, self._exam = catalogue, catalogue.rules.exam
        self._papers, self._stretches, self._timeline = papers, stretches, timeline
        self._lessons = [lesson.id for topic in catalogue.topics for lesson in topic.lessons]
        self._who, self._how = wanted.chance("people"), wanted.chance("results")
        self._when, self._what = wanted.chance("times"), wanted.chance("steps")

    def live(self, part: Part) -> Life:
        """The next contestant."""
        name = invent_name(self._who)
        on_boards, assisted = self._who.random() < 0.86, self._who.random() < 0.08
        stretch, registered_at, first = self._begin(part.attempts)
        sittings = self._sit(part.attempts, first, stretch)
        count = len(self._lessons) if sittings else self._lessons_of_a_beginner()
        lessons = self._learn(count, registered_at, first)
        story = self._tell(sittings[-1].ended_at) if sittings and self._what.random() < _STORIES else None
        certified_at = self._certify(registered_at, lessons, sittings, story)
        round_id = stretch.round_id
        return Life(
            name, part.unit, on_boards, assisted, registered_at, lessons, round_id, sittings, story, certified_at
        )

    def _begin(self, attempts: int) -> tuple[Stretch, datetime, datetime]:
        """Round, moment of registering, and of the first exam (the end of learning for those without)."""
        step, line, chance = spacing(self._exam), self._timeline, self._when
        need = LEARNING + step * max(attempts, 1)
        fitting = [s for s in self._stretches if s.ends_at - s.opens_at >= need]
        stretch = chance.choices(fitting, [(s.ends_at - s.opens_at).total_seconds() for s in fitting])[0]
        first = line.between(chance, stretch.opens_at + LEARNING, stretch.ends_at - step * max(attempts, 1))
        back = min(LEARNING + _DAY * chance.expovariate(0.8), first - line.opens_at)
        return stretch, line.between(chance, first - back, first - LEARNING), first

    def _lessons_of_a_beginner(self) -> int:
        """Many only register, some stop on the way, a few have learned all and not dared yet."""
        luck = self._what.random()
        return (
            0
            if luck < 0.45
            else int((luck - 0.45) / 0.5 * (len(self._lessons) + 1))
            if luck < 0.95
            else len(self._lessons)
        )

    def _learn(self, count: int, registered_at: datetime, until: datetime) -> tuple[tuple[int, datetime], ...]:
        pace = (until - registered_at) / (count + 1)
        moments = (registered_at + pace * (number + self._when.random()) for number in range(1, count + 1))
        return tuple(
            (lesson, min(moment.replace(microsecond=0), until))
            for lesson, moment in zip(self._lessons, moments, strict=False)
        )

    def _sit(self, attempts: int, first: datetime, stretch: Stretch) -> tuple[Sitting, ...]:
        step, sittings, start = spacing(self._exam), [], first
        skill = self._how.betavariate(7, 2.6)
        for number, ready in enumerate(self._papers.take(self._how, attempts), 1):
            sittings.append(self._sitting(ready, min(skill + 0.04 * (number - 1), 0.97), number, start))
            last = stretch.ends_at - step * (attempts - number)
            soon = start + step + _DAY * self._when.expovariate(1.2)
            start = self._timeline.between(self._when, start + step, min(soon, last))
        return tuple(sittings)

    def _sitting(self, ready: ReadyPaper, skill: float, number: int, start: datetime) -> Sitting:
        exam, chance = self._exam, self._how
        deadline_at = clock.deadline(start, minutes=exam.minutes)
        closes_at = clock.closing(deadline_at, grace_seconds=exam.grace_seconds)
        questions, limit = len(ready.choices), exam.minutes * 60
        timed_out = chance.random() < 0.012
        used = round(min(max(chance.lognormvariate(-0.75, 0.38), 0.15), 0.99) * limit)  # 3 to 20 minutes of 20
        reached = chance.randint(questions // 2, questions) if timed_out else questions
        answers = ready.answer(chance, skill=skill, reached=reached)
        ended_at = closes_at if timed_out else start + timedelta(seconds=used)
        result = Result(
            correct=ready.correct(answers),
            time_used=clock.time_used(start, deadline_at, ended_at),
            submitted_at=ended_at,
            attempts=number,
        )
        return Sitting(
            ready.text,
            answers,
            AttemptState.TIMED_OUT if timed_out else AttemptState.SUBMITTED,
            start,
            deadline_at,
            closes_at,
            ended_at,
            result,
            rank_key(result, self._catalogue.rules.ranking),
            page=f"{chance.getrandbits(64):016x}",
            saves=answered(answers),
        )

    def _tell(self, after: datetime) -> Told:
        rules, line, now = self._catalogue.rules.story, self._timeline, self._timeline.now
        kind, body = invent_story(self._what, rules)
        luck, on_wall, reason = self._what.random(), self._what.random() < 0.9, self._what.choice(_REASONS)
        told_at = line.between(self._when, after, _soon(after, self._when, now))
        if not rules.moderated:
            return Told(kind, body, on_wall, StoryState.PUBLISHED, "", told_at, None)
        if luck < 0.1:
            return Told(kind, body, on_wall, StoryState.WAITING, "", told_at, None)
        decided_at = line.between(self._when, told_at, _soon(told_at, self._when, now))
        if luck < 0.16:
            return Told(kind, body, on_wall, StoryState.REFUSED, reason, told_at, decided_at)
        return Told(kind, body, on_wall, StoryState.PUBLISHED, "", told_at, decided_at)

    def _certify(
        self,
        registered_at: datetime,
        lessons: tuple[tuple[int, datetime], ...],
        sittings: tuple[Sitting, ...],
        story: Told | None,
    ) -> datetime | None:
        """When the certificate was fetched, for all who have done what services.certify asks for."""
        progress = Progress(
            lessons_read=frozenset(lesson for lesson, _ in lessons),
            best_correct=max((s.result.correct for s in sittings), default=None),
            attempts=len(sittings),
            story=story.state if story else None,
            certified=None,
        )
        if progress.missing(self._catalogue):
            return None
        moments = [registered_at, *(at for _, at in lessons), *(s.ended_at for s in sittings)]
        done = max([*moments, story.told_at] if story else moments)
        return self._timeline.between(self._when, done, _soon(done, self._when, self._timeline.now))


def _soon(moment: datetime, chance: Random, now: datetime) -> datetime:
    return min(moment + timedelta(minutes=5) + _DAY * chance.expovariate(2), now)
