"""Signing in."""

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from app.web.forms import Form, tidy_text


class SignInForm(Form):
    """Phone or citizen number, and password."""

    identifier = StringField(
        "Số điện thoại hoặc số căn cước", [InputRequired("Nhập số điện thoại hoặc số căn cước.")], filters=[tidy_text]
    )
    password = PasswordField("Mật khẩu", [InputRequired("Nhập mật khẩu.")])
