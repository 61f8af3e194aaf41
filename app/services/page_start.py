"""Where a page of a board of people begins: behind a line, with the places of now."""

from functools import cache

from sqlalchemy import BindParameter, ColumnElement, String, bindparam, func, select

from app.extensions import Hot, direct
from app.models import Standing
from app.services.rank import Board, Cursor, Scope, placed

_KEY: BindParameter[str] = bindparam("key", type_=String)


def behind(*, scope: Scope, key: str, entry_id: int) -> Cursor:
    """The page behind this line, or behind where it would stand. How many stand before it is counted here, not told by
    the address: that grows old, and anybody could write one on which somebody leads."""
    row = direct.first(_behind(scope.board), scope.values | {"key": key, "after": entry_id})
    before, equal = row or (0, 0)
    return Cursor(key, entry_id, before + equal, before + 1)


@cache
def _behind(board: Board) -> Hot:
    line, at = placed(select(_KEY.label("shown_key")).cte("behind"), board)
    return Hot(select(at - 1, _equal(*board.conditions)).select_from(line))


def _equal(*board: ColumnElement[bool]) -> ColumnElement[int]:
    """Those with the same key that stand before, the line itself among them."""
    upto = (Standing.shown_key == _KEY, Standing.entry_id <= bindparam("after"))
    return select(func.count()).where(*board, *upto).scalar_subquery()
