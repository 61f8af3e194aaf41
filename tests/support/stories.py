"""Stories, told and decided."""

from datetime import datetime

from app.extensions import db
from app.models import Account, Entry, Story, StoryState
from app.rules.contest import StoryKind
from app.services.catalogue import Catalogue
from app.services.tell_story import decide_story, tell_story


def make_story(
    entry: Entry,
    contest: Catalogue,
    *,
    now: datetime,
    kind: StoryKind = StoryKind.SLOGAN,
    body: str = "Học số để sống vui",
    on_wall: bool = True,
    state: StoryState | None = None,
) -> Story:
    """Told through the deed; a `state` is only written, nobody has decided. Commits."""
    story = tell_story(
        entry_id=entry.id,
        kind=kind,
        body=body,
        on_wall=on_wall,
        rules=contest.rules.story,
        text_version=contest.rules_version,
        now=now,
    )
    if state is not None:
        story.state = state
    db.session.commit()
    return story


def decide(
    story: Story, contest: Catalogue, actor: Account, *, now: datetime, publish: bool = True, reason: str = ""
) -> Story:
    """What was read is published or refused. Commits."""
    decided = decide_story(
        story_id=story.id,
        contest_id=contest.contest_id,
        told_at=story.told_at,
        publish=publish,
        reason=reason,
        actor_id=actor.id,
        now=now,
    )
    db.session.commit()
    return decided
