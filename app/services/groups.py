"""Groups within a unit: which one somebody means who chose one from a list or typed a join code."""

from app.services.catalogue import Catalogue, GroupInfo, UnitInfo


class NoSuchGroup(Exception):
    """No group has this code, or the unit has no such group."""


class GroupElsewhere(Exception):
    """The code is of a group in another unit."""

    def __init__(self, group: GroupInfo, unit: UnitInfo) -> None:
        super().__init__()
        self.group, self.unit = group, unit


def typed_join_code(text: str) -> str:
    """A join code as kept: upper case, without blanks and dashes."""
    return "".join(text.upper().split()).replace("-", "")


def find_group(*, catalogue: Catalogue, unit: UnitInfo, chosen: str, join_code: str) -> GroupInfo | None:
    """The group that was meant, if any: the code decides over what was chosen, which is the id of a row.

    Raises NoSuchGroup and GroupElsewhere.
    """
    if code := typed_join_code(join_code):
        group = catalogue.groups_by_join_code.get(code)
        if group is None:
            raise NoSuchGroup
        if group.unit_id != unit.id:
            raise GroupElsewhere(group, catalogue.units_by_id[group.unit_id])
        return group
    if not chosen:
        return None
    found = next((group for group in catalogue.groups_of.get(unit.id, ()) if str(group.id) == chosen), None)
    if found is None:
        raise NoSuchGroup
    return found
