"""Words of the desk, derived from what the services tell."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.desk.presenters import story_told
from app.models import Story, StoryState
from app.rules.prizes import Proposal, Winner
from app.services.catalogue import Catalogue
from app.web.formatters import moment


def waiting_story(story: Story) -> dict[str, Any]:
    """A story as the decider reads it: whole text, author, unit, and whether the author lets it be published."""
    return story_told(story) | {
        "id": story.id,
        "author": story.entry.account.full_name,
        "entry_id": story.entry_id,
        "unit": story.entry.unit.full_name,
        "shows_name": story.entry.on_boards,
    }


def decided_words(story: Story) -> str:
    """What became of a story that somebody has decided."""
    verdict = "được duyệt" if story.state is StoryState.PUBLISHED else "bị từ chối"
    when = f" lúc {moment(story.decided_at)}" if story.decided_at else ""
    return f"Bài này đã {verdict}{when}. Lần bấm của bạn không thay đổi gì."


def proposal_rows(
    proposals: Sequence[Proposal], names: Mapping[tuple[Winner, int], str], contest: Catalogue
) -> list[dict[str, Any]]:
    """What is proposed for each prize, as {level, count, kind, waits, rows}.

    Rows of who, with what, place, what it would be, and the number or code by which somebody is chosen.
    """
    shown = []
    for proposal in proposals:
        prize = proposal.prize
        of_units = prize.winner is Winner.UNIT
        parts = (
            [(each, "Được giải") for each in proposal.winners]
            + [(each, f"Đồng hạng, chọn {proposal.left}") for each in proposal.tied]
            + [(each, "Kế tiếp") for each in proposal.reserve]
            + [(each, f"Chưa nhận được: {each.hold}") for each in proposal.held]
        )
        rows = [
            [
                names[prize.winner, each.id],
                each.figure,
                str(each.place or "–"),
                words,
                contest.units_by_id[each.id].code if of_units else str(each.id),
            ]
            for each, words in parts
        ]
        kind = "đơn vị" if of_units else "cá nhân"
        shown.append({"level": prize.level, "count": prize.count, "kind": kind, "waits": proposal.waits, "rows": rows})
    return shown
