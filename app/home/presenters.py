"""Rows of the front page's bar lists."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from app.rules.amounts import number
from app.rules.prizes import Metric
from app.services.unit_boards import UnitRow


def bars(board: Sequence[UnitRow], *, by: Metric) -> list[dict[str, Any]]:
    """Units that have anybody at all, with bars relative to the first."""
    values = [(row, row.tally.finishers if by is Metric.FINISHERS else row.tally.registered) for row in board]
    most = max((value for _, value in values), default=0)
    return [
        {
            "place": row.place,
            "name": row.unit.full_name,
            "value": number(value),
            "share": max(1, round(100 * value / most)),
            "href": url_for("ranking.unit", code=row.unit.code),
        }
        for row, value in values
        if value
    ]
