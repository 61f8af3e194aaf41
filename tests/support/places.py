"""My place on any board, as the portal tells it."""

from app.services.my_place import Place, my_place, my_places
from app.services.rank import Scope


def place_on(scope: Scope, entry_id: int) -> Place | None:
    """On the board of a city, a unit or a group; None for who isn't on it. Both ways to ask must say the same."""
    mine = my_places(entry_id=entry_id, round_id=scope.round_id)
    assert my_place(entry_id=entry_id, round_id=scope.round_id) == (mine and mine.city)
    if mine is None:
        return None
    if scope.group_id is not None:
        return mine.group if mine.group_id == scope.group_id else None
    if scope.units:
        return mine.unit if scope.units == {mine.unit_id} else None
    return mine.city
