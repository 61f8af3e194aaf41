"""A new password."""

from typing import Any

from wtforms import PasswordField, ValidationError
from wtforms.validators import InputRequired

from app.account.password_rules import NEW_PASSWORD, refuse_guessable
from app.web.forms import Form


class ChangePasswordForm(Form):
    """The old one, and the new one once: it can be looked at with the browser's own means."""

    old = PasswordField("Mật khẩu đang dùng", [InputRequired("Nhập mật khẩu đang dùng.")])
    new = PasswordField("Mật khẩu mới", NEW_PASSWORD)

    def __init__(self, own_words: list[str], **values: Any) -> None:
        super().__init__(**values)
        self.own_words = own_words

    def validate_new(self, field: PasswordField) -> None:
        """Another one, that is not guessed first."""
        if field.data and field.data == self.old.data:
            raise ValidationError("Mật khẩu mới phải khác mật khẩu đang dùng.")
        refuse_guessable(field.data or "", own_words=self.own_words)
