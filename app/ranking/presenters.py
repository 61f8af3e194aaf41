"""Lines of the boards of people."""

from collections.abc import Sequence
from typing import Any

from app.services.catalogue import Catalogue
from app.services.rank import PersonRow


def people_rows(board: Sequence[PersonRow], contest: Catalogue) -> list[dict[str, Any]]:
    """What ranking/_people.html shows; the place is kept when the name is not."""
    return [
        {
            "place": row.place,
            "name": row.name or "Thí sinh ẩn danh",
            "unit": contest.units_by_id[row.unit_id],
            "correct": row.correct,
            "time_used": row.time_used,
            "submitted_at": row.submitted_at,
        }
        for row in board
    ]
