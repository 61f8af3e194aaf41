"""Correcting my own data, and asking the organiser."""

from typing import Any

from wtforms import PasswordField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from app.models import RequestKind
from app.rules import numbers
from app.web.forms import Form, tidy_text
from app.web.person_fields import is_name, is_phone, typed_phone

TEXT_MAX = 1000
KINDS = {
    RequestKind.COPY: "Lấy bản sao dữ liệu",
    RequestKind.CORRECT: "Sửa thông tin",
    RequestKind.WITHDRAW: "Rút lời đồng ý",
    RequestKind.RESTRICT: "Hạn chế việc dùng dữ liệu",
    RequestKind.DELETE: "Xóa tài khoản và dữ liệu của tôi",
}


class CorrectForm(Form):
    """Name and phone; the password only for another phone, with which one signs in."""

    full_name = StringField("Họ và tên", [InputRequired("Nhập họ và tên của bạn."), is_name], filters=[tidy_text])
    phone = StringField("Số điện thoại", [InputRequired("Nhập số điện thoại của bạn."), is_phone], filters=[tidy_text])
    password = PasswordField("Mật khẩu đang dùng")

    def __init__(self, known_phone: str, **values: Any) -> None:
        super().__init__(**values)
        self._known = known_phone

    @property
    def new_phone(self) -> str:
        """In E.164. Only after validate()."""
        return typed_phone(self.phone)

    @property
    def asks_password(self) -> bool:
        """Whether the phone is another one."""
        return self.new_phone != self._known

    def validate_password(self, field: PasswordField) -> None:
        """Asked for only when it is needed."""
        if self.new_phone and self.asks_password and not field.data:
            raise ValidationError("Nhập mật khẩu để đổi số điện thoại.")


class RequestForm(Form):
    """What is asked, in own words; the password only to be deleted, which cannot be undone."""

    kind = RadioField(
        "Bạn cần gì?",
        [InputRequired("Chọn một yêu cầu.")],
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
    )
    text = TextAreaField(
        "Nói rõ hơn", [Length(max=TEXT_MAX, message=f"Lời nhắn dài nhiều nhất {TEXT_MAX} ký tự.")], filters=[tidy_text]
    )
    password = PasswordField("Mật khẩu đang dùng")

    @property
    def asked(self) -> RequestKind:
        """Only after validate()."""
        return RequestKind(self.kind.data)

    @property
    def asks_password(self) -> bool:
        """Whether it is the one that cannot be undone."""
        return bool(self.kind.data == RequestKind.DELETE)

    def validate_text(self, field: TextAreaField) -> None:
        """A correction has to be told; numbers are looked at on the card, not sent about."""
        if self.kind.data == RequestKind.CORRECT and not field.data:
            raise ValidationError("Ghi điều chưa đúng và cần sửa thế nào.")
        if numbers.tells_number(field.data or ""):
            raise ValidationError("Đừng ghi số căn cước hay số điện thoại ở đây. Cán bộ sẽ xem thẻ của bạn.")

    def validate_password(self, field: PasswordField) -> None:
        """Asked for only when it is needed."""
        if self.asks_password and not field.data:
            raise ValidationError("Nhập mật khẩu để chắc rằng chính bạn xin xóa.")
