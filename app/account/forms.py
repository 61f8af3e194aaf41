"""Registering and signing in."""

from collections import defaultdict
from typing import Any

from wtforms import BooleanField, PasswordField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired

from app.account.password_rules import NEW_PASSWORD, refuse_guessable
from app.models import Purpose
from app.rules import numbers
from app.rules.names import is_person_name
from app.services.catalogue import Catalogue
from app.services.register import NewContestant
from app.web.forms import Form, tidy_text


class RegisterForm(Form):
    """One person, one account. The unit is chosen by its official code."""

    unit = SelectField("Phường, xã, đặc khu nơi bạn ở", [InputRequired("Chọn phường, xã hoặc đặc khu nơi bạn ở.")])
    full_name = StringField("Họ và tên", [InputRequired("Nhập họ và tên của bạn.")], filters=[tidy_text])
    phone = StringField("Số điện thoại", [InputRequired("Nhập số điện thoại của bạn.")], filters=[tidy_text])
    citizen_id = StringField(
        "Số căn cước / số định danh cá nhân (12 số)",
        [InputRequired("Nhập đủ 12 số trên thẻ căn cước.")],
        filters=[tidy_text],
    )
    password = PasswordField("Mật khẩu", NEW_PASSWORD)
    consent_contest = BooleanField(
        "Tôi đồng ý để Ban Tổ chức dùng thông tin trên để tổ chức cuộc thi này và để mỗi người chỉ có một tài khoản",
        [InputRequired("Bạn cần đánh dấu ô đồng ý này thì mới dự thi được.")],
    )
    consent_boards = BooleanField("Tôi đồng ý hiện họ tên và đơn vị của tôi trên bảng xếp hạng")

    def __init__(self, contest: Catalogue, **values: Any) -> None:
        super().__init__(**values)
        self.contest = contest
        groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
        groups[""].append(("", "Chọn trong danh sách"))
        for unit in contest.units:
            groups[unit.type.label].append((unit.code, unit.full_name))
        self.unit.choices = groups

    def validate_full_name(self, field: StringField) -> None:
        """Letters of any people's names."""
        if not is_person_name(field.data or ""):
            raise ValidationError("Họ và tên chỉ gồm chữ cái, từ 2 đến 80 ký tự, như trên thẻ căn cước.")

    def validate_phone(self, field: StringField) -> None:
        """Ten digits."""
        if numbers.phone_number(field.data or "") is None:
            raise ValidationError("Số điện thoại gồm 10 số, bắt đầu bằng 03, 05, 07, 08 hoặc 09. Ví dụ: 0912 345 678.")

    def validate_citizen_id(self, field: StringField) -> None:
        """Twelve digits; nine digits get their own answer."""
        text = field.data or ""
        if numbers.is_old_identity_number(text):
            raise ValidationError("Số chứng minh nhân dân cũ (9 số) không còn dùng được. Nhập 12 số trên thẻ căn cước.")
        if numbers.citizen_number(text) is None:
            raise ValidationError("Nhập đủ 12 số trên thẻ căn cước.")

    def validate_password(self, field: PasswordField) -> None:
        """Nothing made of what others know about this person."""
        own = [self.full_name.data or "", self.phone.data or "", self.citizen_id.data or ""]
        refuse_guessable(field.data or "", own_words=own)

    def person(self) -> NewContestant:
        """What was typed, in normal form. Only after validate()."""
        return NewContestant(
            full_name=self.full_name.data or "",
            phone=numbers.phone_number(self.phone.data or "") or "",
            citizen_number=numbers.citizen_number(self.citizen_id.data or "") or "",
            unit=self.contest.units_by_code[self.unit.data],
            password=self.password.data or "",
            consents=frozenset(
                purpose
                for purpose, box in ((Purpose.CONTEST, self.consent_contest), (Purpose.BOARDS, self.consent_boards))
                if box.data
            ),
        )


class SignInForm(Form):
    """Phone or citizen number, and password."""

    identifier = StringField(
        "Số điện thoại hoặc số căn cước", [InputRequired("Nhập số điện thoại hoặc số căn cước.")], filters=[tidy_text]
    )
    password = PasswordField("Mật khẩu", [InputRequired("Nhập mật khẩu.")])
