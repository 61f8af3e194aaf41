"""The wall, and sending mine."""

from datetime import datetime

from flask import abort, redirect, render_template, request, url_for

from app.extensions import db
from app.models import Purpose, Story
from app.rules.contest import StoryKind
from app.services.consents import current_consents, guardian_forbids
from app.services.tell_story import WALL_PAGE, AlreadyPublished, my_story, tell_story, wall_story
from app.services.tell_story import wall as read_wall
from app.sharing import room
from app.sharing.forms import StoryForm
from app.sharing.presenters import card
from app.web.addresses import row_number
from app.web.doors import Page, contestant, public
from app.web.portal import catalogue, now
from app.web.sign_in import entry_id
from app.web.snapshots import snapshot


def _cursor() -> tuple[datetime, int] | None:
    """`?truoc=<time>_<id>`: the page behind this story."""
    text = request.args.get("truoc", "")
    if not text:
        return None
    told_at, _, number = text.partition("_")
    try:
        moment, story_id = datetime.fromisoformat(told_at), row_number(number)
    except ValueError:
        abort(404)
    if moment.tzinfo is None:
        abort(404)
    return moment, story_id


@room.get("/lan-toa")
@public
@snapshot
def wall() -> str:
    """Published stories, newest first."""
    contest = catalogue()
    stories = read_wall(contest_id=contest.contest_id, before=_cursor())
    last = stories[-1] if len(stories) == WALL_PAGE else None
    older = url_for("sharing.wall", truoc=f"{last.told_at.isoformat()}_{last.id}") if last else None
    return render_template("sharing/wall.html", stories=[card(story, contest) for story in stories], older=older)


@room.get("/lan-toa/<int:story_id>")
@public
@snapshot
def story(story_id: int) -> str:
    """One story."""
    contest = catalogue()
    found = wall_story(contest_id=contest.contest_id, story_id=story_id)
    if found is None:
        abort(404)
    return render_template("sharing/story.html", story=card(found, contest, whole=True))


@room.get("/lan-toa/gui")
@contestant
def mine() -> str:
    """My story: write it, see what became of it, write it again."""
    told = my_story(entry_id=entry_id())
    form = StoryForm(catalogue().rules.story)
    if told is not None:
        form.kind.data, form.body.data = told.kind.value, told.body
        form.consent_story.data = Purpose.STORY in current_consents(entry_id=entry_id())
    return _mine(form, told)


@room.post("/lan-toa/gui")
@contestant
def tell() -> Page:
    """Send it."""
    rules = catalogue().rules.story
    form = StoryForm(rules)
    if not form.validate():
        return _mine(form, my_story(entry_id=entry_id())), 422
    try:
        tell_story(
            entry_id=entry_id(),
            kind=StoryKind(form.kind.data),
            body=(form.body.data or "").strip(),
            on_wall=form.consent_story.data,
            rules=rules,
            text_version=catalogue().rules_version,
            now=now(),
        )
    except AlreadyPublished:
        form.form_errors.append("Bài của bạn đã được duyệt nên không sửa được nữa.")
        return _mine(form, my_story(entry_id=entry_id())), 422
    db.session.commit()
    return redirect(url_for("account.me"), 303)


def _mine(form: StoryForm, story: Story | None) -> str:
    private = guardian_forbids(entry_id=entry_id())
    return render_template("sharing/mine.html", form=form, story=story, private=private)
