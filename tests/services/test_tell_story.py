"""Stories: told, told again, decided once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.models import Account, Entry, Story, StoryState
from app.rules.contest import StoryKind
from app.services.catalogue import Catalogue
from app.services.tell_story import (
    AlreadyDecided,
    AlreadyPublished,
    RewrittenMeanwhile,
    decide_story,
    find_story,
    my_story,
    waiting_stories,
    wall,
)
from tests.support.audit import audited
from tests.support.people import make_contestant, make_staff
from tests.support.stories import decide, make_story

NOW = datetime.now(UTC) - timedelta(hours=1)
WORDS = "Tôi đã dạy mẹ tôi tự xem bảo hiểm trên điện thoại."


@pytest.fixture
def entry(deeds: Flask, contest: Catalogue) -> Entry:
    """Who tells."""
    return make_contestant(contest, now=NOW)


@pytest.fixture
def judge(deeds: Flask) -> Account:
    """Who decides."""
    return make_staff(now=NOW)


def _tell(entry: Entry, contest: Catalogue, *, at: datetime = NOW, on_wall: bool = True, body: str = WORDS) -> Story:
    return make_story(entry, contest, now=at, kind=StoryKind.STORY, body=body, on_wall=on_wall)


def _decide(story: Story, contest: Catalogue, judge: Account, *, publish: bool = True, reason: str = "") -> Story:
    return decide(story, contest, judge, now=NOW + timedelta(minutes=5), publish=publish, reason=reason)


def _audit() -> list[tuple[str, str, str]]:
    return [(row.action, row.subject, row.reason) for row in audited("story.%")]


def test_publishing(entry: Entry, contest: Catalogue, judge: Account) -> None:
    story = _tell(entry, contest)
    assert wall(contest_id=contest.contest_id) == []
    _decide(story, contest, judge)
    db.session.commit()
    assert (story.state, story.decided_by) == (StoryState.PUBLISHED, judge.id)
    assert [shown.id for shown in wall(contest_id=contest.contest_id)] == [story.id]
    assert _audit() == [("story.publish", f"story:{story.id}", "")]


def test_approved_without_consent_stays_off_the_wall(entry: Entry, contest: Catalogue, judge: Account) -> None:
    story = _tell(entry, contest, on_wall=False)
    _decide(story, contest, judge)
    assert story.state is StoryState.PUBLISHED
    assert wall(contest_id=contest.contest_id) == []


def test_refusing_and_telling_again(entry: Entry, contest: Catalogue, judge: Account) -> None:
    story = _tell(entry, contest)
    _decide(story, contest, judge, publish=False, reason="Có số điện thoại.")
    db.session.commit()
    assert (story.state, story.reason) == (StoryState.REFUSED, "Có số điện thoại.")
    assert _audit() == [("story.refuse", f"story:{story.id}", "Có số điện thoại.")]
    _tell(entry, contest, at=NOW + timedelta(minutes=10))
    found = my_story(entry_id=entry.id)
    assert found is not None
    assert (found.id, found.state, found.reason, found.decided_by) == (story.id, StoryState.WAITING, "", None)


def test_a_published_story_is_not_told_again(entry: Entry, contest: Catalogue, judge: Account) -> None:
    _decide(_tell(entry, contest), contest, judge)
    db.session.commit()
    with pytest.raises(AlreadyPublished):
        _tell(entry, contest, body="Lời khác.")
    db.session.rollback()
    found = my_story(entry_id=entry.id)
    assert found is not None
    assert found.body == WORDS


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_decided_once(entry: Entry, contest: Catalogue, judge: Account, first: bool, second: bool) -> None:
    story = _tell(entry, contest)
    _decide(story, contest, judge, publish=first, reason="Thứ nhất.")
    db.session.commit()
    before = (story.state, _audit())
    with pytest.raises(AlreadyDecided):
        _decide(story, contest, judge, publish=second, reason="Thứ hai.")
    db.session.commit()
    assert (story.state, _audit()) == before
    assert story.reason == "Thứ nhất."


@pytest.mark.parametrize("publish", [True, False])
def test_only_what_was_read_is_decided(entry: Entry, contest: Catalogue, judge: Account, publish: bool) -> None:
    story = _tell(entry, contest)
    read_at = story.told_at
    _tell(entry, contest, at=NOW + timedelta(microseconds=1), body="Lời khác.")
    with pytest.raises(RewrittenMeanwhile):
        decide_story(
            story_id=story.id,
            contest_id=contest.contest_id,
            told_at=read_at,
            publish=publish,
            reason="",
            actor_id=judge.id,
            now=NOW,
        )
    assert (story.state, _audit()) == (StoryState.WAITING, [])


def test_stories_of_another_contest(entry: Entry, contest: Catalogue, judge: Account) -> None:
    story, elsewhere = _tell(entry, contest), contest.contest_id + 1
    assert find_story(story_id=story.id, contest_id=contest.contest_id) is story
    assert find_story(story_id=story.id, contest_id=elsewhere) is None
    assert waiting_stories(contest_id=elsewhere) == []
    with pytest.raises(LookupError):
        decide_story(
            story_id=story.id,
            contest_id=elsewhere,
            told_at=story.told_at,
            publish=True,
            reason="",
            actor_id=judge.id,
            now=NOW,
        )


def test_waiting_stories_oldest_first(deeds: Flask, contest: Catalogue, judge: Account) -> None:
    people = [make_contestant(contest, now=NOW, unit=unit) for unit in range(3)]
    stories = [_tell(who, contest, at=NOW - timedelta(minutes=n)) for n, who in enumerate(people)]
    _decide(stories[1], contest, judge)
    db.session.commit()
    assert [s.id for s in waiting_stories(contest_id=contest.contest_id)] == [stories[2].id, stories[0].id]
    assert [s.id for s in waiting_stories(contest_id=contest.contest_id, size=1)] == [stories[2].id]


def test_of_many_at_the_same_moment_one_wins(deeds: Flask, entry: Entry, contest: Catalogue, judge: Account) -> None:
    story = _tell(entry, contest)
    outcomes: list[str] = []
    ready = threading.Barrier(4)

    def run(number: int) -> None:
        with deeds.app_context():
            ready.wait()
            try:
                _decide(story, contest, judge, publish=number % 2 == 0, reason=f"Người {number}.")
                db.session.commit()
                outcomes.append(f"Người {number}.")
            except AlreadyDecided:
                outcomes.append("muộn")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    db.session.expire_all()
    db.session.rollback()
    (winner,) = [outcome for outcome in outcomes if outcome != "muộn"]
    assert outcomes.count("muộn") == 3
    assert db.session.get_one(Story, story.id).reason == winner
    assert len(_audit()) == 1
