"""The form of registration, and what it asks only of some."""

from typing import Any

from wtforms import BooleanField, PasswordField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from app.account.password_rules import NEW_PASSWORD, refuse_guessable
from app.account.place_form import PlaceForm
from app.models import Purpose
from app.rules import numbers
from app.rules.names import is_person_name
from app.services.catalogue import Catalogue
from app.services.enter_contest import Guardian, NewEntry
from app.services.register import NewContestant
from app.web.forms import tidy_text
from app.web.person_fields import WRONG_PHONE, is_name, is_phone, typed_phone

OF_AGE = 16  # from which nobody answers for a person: Law 91/2025/QH15 Art. 24
_YES, _NO = "du", "chua"
_DOUBTS = {
    "province": "ba số đầu không phải mã tỉnh, thành phố",
    "century": "số thứ tư thường là 0, 1, 2 hoặc 3",
    "age": "năm sinh theo số này là {year}",
}


class RegisterForm(PlaceForm):
    """One person, one account. Only the number tells whether to look at it again, and whether a guardian is asked."""

    full_name = StringField("Họ và tên", [InputRequired("Nhập họ và tên của bạn."), is_name], filters=[tidy_text])
    phone = StringField("Số điện thoại", [InputRequired("Nhập số điện thoại của bạn."), is_phone], filters=[tidy_text])
    citizen_id = StringField(
        "Số căn cước / số định danh cá nhân (12 số)",
        [InputRequired("Nhập đủ 12 số trên thẻ căn cước.")],
        filters=[tidy_text],
    )
    citizen_checked = BooleanField()  # with the number itself as its value
    of_age = RadioField(
        "Bạn đã đủ 16 tuổi chưa?",
        choices=[SelectChoice(_YES, "Đã đủ 16 tuổi"), SelectChoice(_NO, "Chưa đủ 16 tuổi")],
        validate_choice=False,
    )
    guardian_name = StringField("Họ và tên cha, mẹ hoặc người giám hộ", filters=[tidy_text])
    guardian_phone = StringField("Số điện thoại của người đó", filters=[tidy_text])
    guardian_consent = BooleanField("Tôi là cha, mẹ hoặc người giám hộ và đồng ý cho con, em tôi dự thi")
    guardian_public = BooleanField("Tôi đồng ý để tên và bài chia sẻ của con, em tôi hiện cho mọi người xem")
    password = PasswordField("Mật khẩu", NEW_PASSWORD)
    consent_contest = BooleanField(
        "Tôi đồng ý để Ban Tổ chức dùng thông tin trên để tổ chức cuộc thi này và để mỗi người chỉ có một tài khoản",
        [InputRequired("Bạn cần đánh dấu ô đồng ý này thì mới dự thi được.")],
    )
    consent_boards = BooleanField("Tôi đồng ý hiện họ tên và đơn vị của tôi trên bảng xếp hạng")
    consent_contact = BooleanField("Tôi đồng ý để Ban Tổ chức báo tin về các cuộc thi sau này")
    claim = BooleanField()  # a button: “this number is mine, and I never registered”

    def __init__(self, contest: Catalogue, *, this_year: int, **values: Any) -> None:
        super().__init__(contest, **values)
        self.this_year = this_year
        age = self._age()
        self.is_minor = 0 <= age < OF_AGE or (age == OF_AGE and self.of_age.data == _NO)
        if age != OF_AGE:
            del self.of_age
        if not 0 <= age <= OF_AGE:
            for name in ("guardian_name", "guardian_phone", "guardian_consent", "guardian_public"):
                del self[name]

    def _age(self) -> int:
        """That the person reaches this year, by the number; nobody is asked for a guardian before it is typed."""
        self.number = numbers.citizen_number(self.citizen_id.data or "")
        self._ask_to_check()
        return numbers.age_this_year(self.number, this_year=self.this_year) if self.number else OF_AGE + 1

    def _ask_to_check(self) -> None:
        """The box holds the very number that was looked at again: for another one it is asked again.

        A client that does not send the field, not even the page's empty one, could not answer: it is not asked.
        """
        number, sent = self.number, self.citizen_checked.raw_data or []
        self.doubts = numbers.citizen_number_doubts(number, this_year=self.this_year) if number and sent else []
        if number is None or not self.doubts:
            del self.citizen_checked
            return
        self.citizen_checked.data = number in sent
        self.citizen_checked.label.text = f"Số {numbers.grouped_citizen_number(number)} đúng như trên thẻ căn cước"
        self.citizen_checked.render_kw = {"value": number}

    def validate_citizen_id(self, field: StringField) -> None:
        """Twelve digits; nine digits get their own answer. What is odd is asked about once, and never refused."""
        if numbers.is_old_identity_number(field.data or ""):
            raise ValidationError("Số chứng minh nhân dân cũ (9 số) không còn dùng được. Nhập 12 số trên thẻ căn cước.")
        if self.number is None:
            raise ValidationError("Nhập đủ 12 số trên thẻ căn cước.")
        if self.too_young:
            raise ValidationError(self.too_young)
        if self.doubts and not self.citizen_checked.data:
            odd = "; ".join(_DOUBTS[doubt] for doubt in self.doubts).format(year=numbers.birth_year(self.number))
            raise ValidationError(
                f"Hãy so số {numbers.grouped_citizen_number(self.number)} với thẻ: {odd}. "
                "Nếu sai thì sửa lại, nếu đúng thì đánh dấu ô bên dưới."
            )

    @property
    def too_young(self) -> str:
        """What is said to who is too young for this contest by the number, whatever the birthday; else nothing."""
        min_age = self.contest.rules.registration.min_age
        if self.number and numbers.is_surely_younger(self.number, than=min_age, this_year=self.this_year):
            return f"Cuộc thi này dành cho người từ {min_age} tuổi. Hẹn gặp bạn khi đủ tuổi nhé."
        return ""

    def validate_of_age(self, field: RadioField) -> None:
        """Only they can tell in the year of their sixteenth birthday."""
        if field.data not in (_YES, _NO):
            raise ValidationError("Cho biết bạn đã đủ 16 tuổi chưa.")

    def validate_guardian_name(self, field: StringField) -> None:
        """Asked the first time in one word for the whole part."""
        if not self.is_minor or is_person_name(field.data or ""):
            return
        if not field.raw_data:
            raise ValidationError("Bạn chưa đủ 16 tuổi: nhờ cha, mẹ hoặc người giám hộ điền và đồng ý ở phần này.")
        raise ValidationError("Nhập họ và tên cha, mẹ hoặc người giám hộ, chỉ gồm chữ cái.")

    def validate_guardian_phone(self, field: StringField) -> None:
        """Ten digits; may be the child's own."""
        if self.is_minor and self.guardian_name.raw_data and numbers.phone_number(field.data or "") is None:
            raise ValidationError(WRONG_PHONE)

    def validate_guardian_consent(self, field: BooleanField) -> None:
        """Without it nobody under 16 takes part."""
        if self.is_minor and self.guardian_name.raw_data and not field.data:
            raise ValidationError("Cha, mẹ hoặc người giám hộ cần đánh dấu ô đồng ý này.")

    def validate_password(self, field: PasswordField) -> None:
        """Nothing made of what others know about this person."""
        own = [self.full_name.data or "", self.phone.data or "", self.citizen_id.data or ""]
        refuse_guessable(field.data or "", own_words=own)

    def entry(self) -> NewEntry:
        """Where, and with which consents. Only after validate()."""
        boxes = {
            Purpose.CONTEST: self.consent_contest,
            Purpose.BOARDS: self.consent_boards,
            Purpose.CONTACT: self.consent_contact,
        }
        guardian = None
        if self.is_minor:
            boxes |= {Purpose.GUARDIAN: self.guardian_consent, Purpose.GUARDIAN_PUBLIC: self.guardian_public}
            guardian = Guardian(self.guardian_name.data or "", typed_phone(self.guardian_phone))
        agreed = frozenset(purpose for purpose, box in boxes.items() if box.data)
        return NewEntry(self.chosen_unit(), agreed, self.chosen_group(), guardian)

    def person(self) -> NewContestant:
        """What was typed, in normal form. Only after validate()."""
        return NewContestant(
            full_name=self.full_name.data or "",
            phone=typed_phone(self.phone),
            citizen_number=self.number or "",
            password=self.password.data or "" if self.password else "",  # else it is made
            entry=self.entry(),
        )
