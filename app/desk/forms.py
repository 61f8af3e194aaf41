"""Finding people, mending what is known of them, deciding claims; each with the reason that the audit keeps."""

from collections import defaultdict
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from app.rules import numbers
from app.services.catalogue import Catalogue
from app.web.forms import Form, tidy_text
from app.web.person_fields import is_name, is_phone
from app.web.reasons import reason_field

_MOVE, _KEEP = "chuyen", "giu"


class SearchForm(Form):
    """Name, phone or whole citizen number."""

    text = StringField(
        "Họ tên, số điện thoại hoặc số căn cước",
        [InputRequired("Nhập họ tên, số điện thoại hoặc số căn cước.")],
        filters=[tidy_text],
    )

    def validate_text(self, field: StringField) -> None:
        """Part of a name is enough, part of a number is not: nobody shall guess numbers digit by digit."""
        text = field.data or ""
        if len(text) < 2:
            raise ValidationError("Nhập ít nhất 2 chữ cái của tên.")
        if len(text) > 80:
            raise ValidationError("Nhập nhiều nhất 80 ký tự.")
        if any(char.isdigit() for char in text) and not (numbers.phone_number(text) or numbers.citizen_number(text)):
            raise ValidationError("Nhập đủ 10 số điện thoại hoặc đủ 12 số căn cước.")


class NewPasswordForm(Form):
    """Why."""

    reason = reason_field("Lý do cấp mật khẩu mới", example="quên mật khẩu, đã xem thẻ căn cước")


class LookForm(Form):
    """Why."""

    reason = reason_field("Lý do xem số căn cước", example="đối chiếu danh sách nhận giải")


class CardForm(Form):
    """A form into which the number on a card is typed."""

    card_number: StringField
    card: str | None = None  # the number on the card, after `filled_in`

    def filled_in(self) -> bool:
        """Whether it is filled in well; the number is taken out of the field, for no page shows a whole one again."""
        valid, self.card = self.validate(), numbers.citizen_number(self.card_number.data or "")
        self.card_number.data = ""
        return valid


class CorrectionForm(CardForm):
    """What stands on the card, or where the person lives now."""

    full_name = StringField("Họ và tên", [InputRequired("Nhập họ và tên như trên thẻ."), is_name], filters=[tidy_text])
    phone = StringField("Số điện thoại", [InputRequired("Nhập số điện thoại."), is_phone], filters=[tidy_text])
    unit = SelectField("Đơn vị", [InputRequired("Chọn đơn vị.")])
    card_number = StringField("Số căn cước đọc trên thẻ, chỉ khi số đã ghi sai hoặc chưa có", filters=[tidy_text])
    guardian_public = BooleanField("Cha, mẹ hoặc người giám hộ có mặt và đồng ý hiện tên, đăng bài chia sẻ")
    reason = reason_field("Lý do sửa", example="gõ sai tên, đã xem thẻ căn cước")

    def __init__(self, contest: Catalogue, *, asks_guardian: bool, **values: Any) -> None:
        super().__init__(**values)
        if not asks_guardian:
            del self.guardian_public
        groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for unit in contest.units:
            groups[unit.type.label].append((unit.code, unit.full_name))
        self.unit.choices = groups

    def validate_card_number(self, field: StringField) -> None:
        """Twelve digits, or nothing."""
        if field.data and numbers.citizen_number(field.data) is None:
            raise ValidationError("Nhập đủ 12 số đọc trên thẻ căn cước, hoặc để trống.")

    @property
    def guardian_agrees(self) -> bool:
        """Whether the guardian's word is to be recorded."""
        return "guardian_public" in self and bool(self.guardian_public.data)


class ClaimForm(CardForm):
    """The decision, and the number as the claimant's card has it: typed from the card, compared, kept nowhere."""

    decision = RadioField(
        "Số căn cước này là của ai?",
        [InputRequired("Chọn một quyết định.")],
        choices=[
            SelectChoice(_MOVE, "Chuyển số căn cước cho người báo: thẻ là của người này"),
            SelectChoice(_KEEP, "Giữ nguyên: người báo không chứng minh được"),
        ],
    )
    card_number = StringField("Số trên thẻ căn cước của người báo", filters=[tidy_text])
    reason = reason_field("Căn cứ", example="đã xem thẻ căn cước của người báo")

    @property
    def moves(self) -> bool:
        """Whether the number shall go to the claimant."""
        return bool(self.decision.data == _MOVE)

    def validate_card_number(self, field: StringField) -> None:
        """Needed to move the number, and only then."""
        if self.moves and numbers.citizen_number(field.data or "") is None:
            raise ValidationError("Nhập đủ 12 số đọc trên thẻ căn cước của người báo.")
