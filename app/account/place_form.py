"""Where somebody takes part: the unit, and a group within it where the contest has groups."""

from collections import defaultdict
from typing import Any

from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import InputRequired

from app.services.catalogue import Catalogue, GroupInfo, UnitInfo
from app.services.groups import GroupElsewhere, NoSuchGroup, find_group
from app.web.forms import Form, LongSelect, tidy_text

_Choices = dict[Any, list[tuple[str, str]]]  # by the label of an optgroup; None: above them


class PlaceForm(Form):
    """The unit by its official code; the group by its row or by a join code. What has nothing to offer is not there."""

    unit = SelectField(
        "Phường, xã, đặc khu nơi bạn ở",
        [InputRequired("Chọn phường, xã hoặc đặc khu nơi bạn ở.")],
        widget=LongSelect(),
    )
    group = SelectField("Tổ dân phố, thôn, cơ quan, trường (không bắt buộc)", validate_choice=False)
    join_code = StringField("Mã vào nhóm, nếu có", filters=[tidy_text])

    def __init__(self, contest: Catalogue, **values: Any) -> None:
        super().__init__(**values)
        self.contest = contest
        self.unit.choices = _units(contest)
        if not contest.groups_by_join_code:
            del self.join_code
        unit = contest.units_by_code.get(self.unit.data or "")
        groups = contest.groups_of.get(unit.id, ()) if unit else ()
        if groups:
            self.group.choices = _groups(groups)
        else:
            del self.group

    def validate_group(self, field: SelectField) -> None:
        """One of the chosen unit's: it may have been another unit's turn meanwhile."""
        if not self._join_code:
            self._find(field, "Nhóm này không thuộc nơi bạn chọn. Chọn lại, hoặc để trống.")

    def validate_join_code(self, field: StringField) -> None:
        """The code decides; one from elsewhere is told with its place."""
        if self._join_code:
            self._find(field, "Không có nhóm nào mang mã này. Xem lại mã, hoặc để trống.")

    def chosen_unit(self) -> UnitInfo:
        """Only after validate()."""
        return self.contest.units_by_code[self.unit.data]

    def chosen_group(self) -> GroupInfo | None:
        """Only after validate()."""
        chosen = (self.group.data or "") if "group" in self else ""
        return find_group(catalogue=self.contest, unit=self.chosen_unit(), chosen=chosen, join_code=self._join_code)

    @property
    def _join_code(self) -> str:
        return (self.join_code.data or "") if "join_code" in self else ""

    def _find(self, field: SelectField | StringField, unknown: str) -> None:
        if self.unit.data not in self.contest.units_by_code:
            return  # that is told already
        try:
            self.chosen_group()
        except NoSuchGroup:
            raise ValidationError(unknown) from None
        except GroupElsewhere as found:
            raise ValidationError(
                f"Mã này là của {found.group.full_name}, {found.unit.full_name}. "
                "Nếu bạn ở đó, hãy chọn nơi đó ở trên; nếu không, hãy xóa mã."
            ) from None


def _units(contest: Catalogue) -> _Choices:
    choices: _Choices = defaultdict(list)
    choices[None].append(("", "Chọn trong danh sách"))
    for unit in contest.units:
        choices[unit.type.label].append((unit.code, unit.full_name))
    return choices


def _groups(groups: tuple[GroupInfo, ...]) -> _Choices:
    choices: _Choices = defaultdict(list)
    choices[None].append(("", "Không chọn"))
    for group in groups:
        choices[group.kind.label].append((str(group.id), group.full_name))
    return choices
