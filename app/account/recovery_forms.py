"""In again without the password: what is typed. Codes are never shown again, nor are passwords."""

from wtforms import PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired

from app.account.password_rules import NEW_PASSWORD, refuse_guessable
from app.services.codes import is_code, typed_code
from app.services.recovery_code import LENGTH
from app.web.forms import Form, tidy_text
from app.web.person_fields import is_phone, typed_phone


class CodeField(StringField):
    """Seen while it is typed, empty when the form comes back."""

    def _value(self) -> str:
        return ""


class RecoveryCodeForm(Form):
    """Whose account, the code that was given at registration, and the new password."""

    identifier = StringField(
        "Số điện thoại hoặc số căn cước", [InputRequired("Nhập số điện thoại hoặc số căn cước.")], filters=[tidy_text]
    )
    code = CodeField("Mã khôi phục", [InputRequired("Nhập mã khôi phục.")], filters=[tidy_text])
    new = PasswordField("Mật khẩu mới", NEW_PASSWORD)

    def validate_code(self, field: StringField) -> None:
        """Any other shape is a slip of the finger, and no guess to be counted."""
        if not is_code(typed_code(field.data or ""), LENGTH):
            raise ValidationError(f"Mã khôi phục gồm {LENGTH} chữ và số, ví dụ 7K3F-9QXM-2B4D. Xem lại tờ giấy ghi mã.")

    def validate_new(self, field: PasswordField) -> None:
        """What else is known about the person is compared when the code was right."""
        refuse_guessable(field.data or "", own_words=[self.identifier.data or ""])


class AskCodeForm(Form):
    """Where the code goes, and for which of the accounts on that phone."""

    phone = StringField(
        "Số điện thoại đã đăng ký", [InputRequired("Nhập số điện thoại đã đăng ký."), is_phone], filters=[tidy_text]
    )
    last_four = StringField(
        "4 số cuối của số căn cước", [InputRequired("Nhập 4 số cuối trên thẻ căn cước.")], filters=[tidy_text]
    )

    def validate_last_four(self, field: StringField) -> None:
        """Four digits."""
        if not _is_digits(field.data or "", 4):
            raise ValidationError("Nhập đúng 4 số cuối trên thẻ căn cước.")

    def e164(self) -> str:
        """The phone in normal form. Only after validate()."""
        return typed_phone(self.phone)


class SmsCodeForm(Form):
    """The code that came, and the new password."""

    code = CodeField("Mã 6 số trong tin nhắn", [InputRequired("Nhập mã 6 số trong tin nhắn.")], filters=[tidy_text])
    new = PasswordField("Mật khẩu mới", NEW_PASSWORD)

    def validate_code(self, field: StringField) -> None:
        """Any other shape is a slip of the finger, and no guess to be counted."""
        if not _is_digits(self.typed_code(), 6):
            raise ValidationError("Mã gồm đúng 6 số. Nhập lại mã trong tin nhắn mới nhất.")

    def validate_new(self, field: PasswordField) -> None:
        """What is known about the person is compared when the code was right."""
        refuse_guessable(field.data or "", own_words=[])

    def typed_code(self) -> str:
        """Without the blanks that some type in the middle."""
        return (self.code.data or "").replace(" ", "")


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()
