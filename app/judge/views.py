"""Stories to read, newest first. Who wrote them is left out: a judge decides by the words."""

from flask import url_for

from app.desk.page import asked_row, desk_page
from app.desk.presenters import story_told
from app.judge import room
from app.services.tell_story import WALL_PAGE, stories_to_judge
from app.web.doors import judge
from app.web.portal import catalogue


@room.get("/giam-khao")
@judge
def today() -> str:
    """One page of all stories that were not refused; `sau` is the last one of the page before."""
    contest, after = catalogue(), asked_row("sau")
    found = stories_to_judge(contest_id=contest.contest_id, after=after, size=WALL_PAGE + 1)
    shown = found[:WALL_PAGE]
    return desk_page(
        "judge/today.html",
        stories=[
            story_told(story) | {"id": story.id, "unit": contest.units_by_id[unit_id].full_name}
            for story, unit_id in shown
        ],
        first=url_for("judge.today") if after else None,
        next=url_for("judge.today", sau=shown[-1][0].id) if len(found) > WALL_PAGE else None,
    )
