"""The organiser's desk: today, stories to decide, results. People and claims: app.desk."""

from typing import Any

from flask import Response, abort, redirect, request, url_for

from app.desk.files import sheet
from app.desk.page import desk_page, my_reach
from app.extensions import db
from app.organiser import room
from app.organiser.forms import DecisionForm, RefusalForm
from app.organiser.presenters import decided_words, waiting_story
from app.services.audit import record
from app.services.data_requests import waiting as requests_waiting
from app.services.desk_claims import count_open_claims
from app.services.desk_figures import read_desk_figures, stories_waiting
from app.services.kiosks import kiosks_to_look_at
from app.services.results import file_name, people_ranked, write_results
from app.services.spreadsheets import FileKind
from app.services.tell_story import (
    AlreadyDecided,
    RewrittenMeanwhile,
    decide_story,
    find_story,
    waiting_stories,
)
from app.web.doors import Page, organiser
from app.web.live_figures import figures
from app.web.portal import catalogue, now
from app.web.sign_in import me

STORIES_A_PAGE = 20
_DONE = {"duyet": "Đã duyệt một bài.", "tu-choi": "Đã từ chối một bài. Tác giả đọc được lý do và sửa lại được."}


def _desk(template: str, **context: Any) -> str:
    return desk_page(f"organiser/{template}", **context)


@room.get("/quan-tri")
@organiser
def today() -> str:
    """Today's figures and what needs doing."""
    contest, at = catalogue(), now()
    return _desk(
        "today.html",
        figures=figures(),
        desk=read_desk_figures(catalogue=contest, now=at),
        claims=count_open_claims(reach=my_reach()),
        kiosks=kiosks_to_look_at(reach=my_reach(), zone=contest.rules.zone, now=at),
        requests=requests_waiting(contest_id=contest.contest_id),
    )


def _stories(*, warning: str = "", done: str = "") -> str:
    contest_id = catalogue().contest_id
    shown = [waiting_story(story) for story in waiting_stories(contest_id=contest_id, size=STORIES_A_PAGE)]
    return _desk(
        "stories.html",
        stories=shown,
        waiting=stories_waiting(contest_id=contest_id),
        warning=warning,
        done=done,
    )


@room.get("/quan-tri/chia-se")
@organiser
def stories() -> str:
    """Stories that wait, oldest first; `vua` says what was just decided."""
    return _stories(done=_DONE.get(request.args.get("vua", ""), ""))


@room.post("/quan-tri/chia-se/<int:story_id>/duyet")
@organiser
def publish_story(story_id: int) -> Page:
    """Approve."""
    return _decide(story_id, DecisionForm(), publish=True, reason="")


@room.get("/quan-tri/chia-se/<int:story_id>/tu-choi")
@organiser
def refusal(story_id: int) -> Page:
    """Why it is refused; the page shows the words that are refused."""
    return _refusal_page(story_id, None)


@room.post("/quan-tri/chia-se/<int:story_id>/tu-choi")
@organiser
def refuse_story(story_id: int) -> Page:
    """Refuse with a reason that the author reads."""
    form = RefusalForm()
    if not form.validate():
        return _refusal_page(story_id, form)
    return _decide(story_id, form, publish=False, reason=form.full_reason)


def _refusal_page(story_id: int, form: RefusalForm | None) -> Page:
    story = find_story(story_id=story_id, contest_id=catalogue().contest_id)
    if story is None:
        abort(404)
    if story.decided_at is not None:
        return _stories(warning=decided_words(story)), 409
    shown = waiting_story(story)
    if form is None:
        return _desk("refuse.html", story=shown, form=RefusalForm(formdata=None, told_at=story.told_at.isoformat()))
    return _desk("refuse.html", story=shown, form=form), 422


def _decide(story_id: int, form: DecisionForm, *, publish: bool, reason: str) -> Page:
    contest_id, read_at = catalogue().contest_id, form.read_at
    if read_at is None:
        abort(400)
    try:
        decide_story(
            story_id=story_id,
            contest_id=contest_id,
            told_at=read_at,
            publish=publish,
            reason=reason,
            actor_id=me().account_id,
            now=now(),
        )
    except LookupError:
        abort(404)
    except RewrittenMeanwhile:
        return _stories(
            warning="Tác giả vừa sửa bài này. Đọc lại bản mới rồi hãy quyết định. Chưa có gì thay đổi."
        ), 409
    except AlreadyDecided:
        story = find_story(story_id=story_id, contest_id=contest_id)
        return _stories(warning=decided_words(story) if story else ""), 409
    db.session.commit()
    return redirect(url_for("organiser.stories", vua="duyet" if publish else "tu-choi"), 303)


@room.get("/quan-tri/ket-qua")
@organiser
def results() -> str:
    """What can be downloaded."""
    rounds = [(this_round, people_ranked(round_id=this_round.id)) for this_round in catalogue().rounds]
    return _desk("results.html", rounds=rounds, kinds=list(FileKind), as_of=now())


@room.post("/quan-tri/ket-qua/<int(max=999):number>/<any(xlsx, csv):kind>")
@organiser
def download(number: int, kind: str) -> Response:
    """The file; recorded first."""
    contest, at, kind_of_file = catalogue(), now(), FileKind(kind)
    this_round = next((r for r in contest.rounds if r.number == number), None) or abort(404)
    record(actor_id=me().account_id, action="results.download", subject=f"round:{this_round.id}", reason=kind, now=at)
    db.session.commit()
    return sheet(
        lambda file: write_results(file, kind=kind_of_file, round_id=this_round.id, catalogue=contest),
        kind=kind_of_file,
        name=file_name(catalogue=contest, this_round=this_round, kind=kind_of_file, now=at),
    )
