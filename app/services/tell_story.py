"""Stories: told by contestants, decided by organisers, shown on the wall."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Account, Channel, Entry, Purpose, Story, StoryState
from app.rules.contest import StoryKind, StoryRules
from app.services.audit import record
from app.services.consents import give_consent, story_is_public, withdraw_consent

WALL_PAGE = 20


class AlreadyPublished(Exception):
    """A story on the wall is no longer changed by its author."""


class AlreadyDecided(Exception):
    """Somebody has decided this story meanwhile."""


class RewrittenMeanwhile(Exception):
    """The author has sent other words since the decider read the story."""


@dataclass(frozen=True, slots=True)
class WallStory:
    """A story as the wall shows it; no name without consent to stand on boards."""

    id: int
    kind: StoryKind
    body: str
    author: str | None
    unit_id: int
    told_at: datetime


def tell_story(
    *, entry_id: int, kind: StoryKind, body: str, on_wall: bool, rules: StoryRules, text_version: str, now: datetime
) -> Story:
    """Send a story, or send it again in other words. Raises AlreadyPublished.

    `on_wall`: its author agrees, in the words of this version, to publish it; of somebody under 16 the wall shows it
    only when the guardian agrees too (services.consents).
    """
    # Before the story: whoever decides about consents locks the person first, then the story.
    if on_wall:
        give_consent(entry_id=entry_id, purpose=Purpose.STORY, text_version=text_version, channel=Channel.SELF, now=now)
    else:
        withdraw_consent(entry_id=entry_id, purpose=Purpose.STORY, now=now)
    public = story_is_public(entry_id=entry_id)
    story = db.session.scalar(select(Story).where(Story.entry_id == entry_id).with_for_update())
    if story is not None and story.state is StoryState.PUBLISHED:
        db.session.rollback()
        raise AlreadyPublished
    if story is None:
        story = Story(entry_id=entry_id)
        db.session.add(story)
    story.kind, story.body, story.on_wall, story.told_at = kind, body, public, now
    story.state = StoryState.WAITING if rules.moderated else StoryState.PUBLISHED
    story.reason, story.decided_at, story.decided_by = "", None, None
    db.session.flush()
    return story


def my_story(*, entry_id: int) -> Story | None:
    """What this person has sent."""
    return db.session.scalar(select(Story).where(Story.entry_id == entry_id))


def _wall(contest_id: int) -> Select[Story, str, bool, int]:
    return (
        select(Story, Account.full_name, Entry.on_boards, Entry.unit_id)
        .join(Entry, Entry.id == Story.entry_id)
        .join(Account, Account.id == Entry.account_id)
        .where(Entry.contest_id == contest_id, Story.state == StoryState.PUBLISHED, Story.on_wall)
    )


def wall(*, contest_id: int, before: tuple[datetime, int] | None = None, size: int = WALL_PAGE) -> list[WallStory]:
    """Published stories with consent, newest first, one page by keyset."""
    statement = _wall(contest_id).order_by(Story.told_at.desc(), Story.id.desc()).limit(size)
    if before is not None:
        statement = statement.where(tuple_(Story.told_at, Story.id) < tuple_(*before))
    return [_shown(*row) for row in db.session.execute(statement)]


def wall_story(*, contest_id: int, story_id: int) -> WallStory | None:
    """One story of the wall."""
    row = db.session.execute(_wall(contest_id).where(Story.id == story_id)).first()
    return _shown(*row) if row else None


def _shown(story: Story, name: str, on_boards: bool, unit_id: int) -> WallStory:
    return WallStory(story.id, story.kind, story.body, name if on_boards else None, unit_id, story.told_at)


def waiting_stories(*, contest_id: int, size: int = 50) -> list[Story]:
    """Stories to decide, oldest first."""
    statement = (
        select(Story)
        .join(Entry)
        .where(Entry.contest_id == contest_id, Story.state == StoryState.WAITING)
        .options(joinedload(Story.entry).joinedload(Entry.account), joinedload(Story.entry).joinedload(Entry.unit))
        .order_by(Story.told_at, Story.id)
        .limit(size)
    )
    return list(db.session.scalars(statement))


def stories_to_judge(*, contest_id: int, after: int | None, size: int) -> list[tuple[Story, int]]:
    """Stories that their authors let others read and that were not refused, newest first, behind story `after`.

    Each with the row id of its unit.
    """
    # Added to 0, the contest is no way into an index of entries: SQLite would look whether each of them told a story.
    of_contest = Entry.contest_id + 0 == contest_id
    statement = (
        select(Story, Entry.unit_id)
        .join(Entry, Entry.id == Story.entry_id)
        .where(of_contest, Story.state != StoryState.REFUSED, Story.on_wall)
        .order_by(Story.id.desc())
        .limit(size)
    )
    if after is not None:
        statement = statement.where(Story.id < after)
    return [(story, unit_id) for story, unit_id in db.session.execute(statement)]


def find_story(*, story_id: int, contest_id: int) -> Story | None:
    """One story of the contest, whatever became of it."""
    return db.session.scalar(select(Story).join(Entry).where(Story.id == story_id, Entry.contest_id == contest_id))


def decide_story(
    *, story_id: int, contest_id: int, told_at: datetime, publish: bool, reason: str, actor_id: int, now: datetime
) -> Story:
    """Approve or refuse, with a reason, the words that were sent at `told_at`: nobody decides what was not read.

    Raises LookupError, AlreadyDecided and RewrittenMeanwhile.
    """
    story = db.session.scalar(
        select(Story).join(Entry).where(Story.id == story_id, Entry.contest_id == contest_id).with_for_update(of=Story)
    )
    if story is None:
        raise LookupError(story_id)
    if story.state is StoryState.WAITING and story.told_at != told_at:
        raise RewrittenMeanwhile
    match story.state, publish:
        case StoryState.WAITING, True:
            story.state = StoryState.PUBLISHED
        case StoryState.WAITING, False:
            story.state = StoryState.REFUSED
        case _:
            raise AlreadyDecided
    story.reason, story.decided_at, story.decided_by = reason, now, actor_id
    action = "story.publish" if publish else "story.refuse"
    record(actor_id=actor_id, action=action, subject=f"story:{story.id}", reason=reason, now=now)
    return story
