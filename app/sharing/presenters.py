"""Story cards."""

from typing import Any

from flask import url_for

from app.services.catalogue import Catalogue
from app.services.tell_story import WallStory

_SHORT = 300


def card(story: WallStory, contest: Catalogue, *, whole: bool = False) -> dict[str, Any]:
    """What components/story_card.html takes; a long text is cut at a word on the wall."""
    cut = len(story.body) > _SHORT and not whole
    return {
        "kind_label": story.kind.label,
        "body": story.body[:_SHORT].rsplit(" ", 1)[0] + " …" if cut else story.body,
        "author": story.author or "Thí sinh ẩn danh",
        "unit": contest.units_by_id[story.unit_id].full_name,
        "told_at": story.told_at,
        "href": url_for("sharing.story", story_id=story.id) if cut else None,
    }
