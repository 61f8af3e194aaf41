"""What somebody is told who typed the wrong thing, or typed too often."""

from typing import Any

from werkzeug.wrappers import Response
from wtforms import PasswordField

from app.services.confirm_password import WrongPassword, confirm_password
from app.web.devices import address
from app.web.formatters import waiting_time
from app.web.forms import Form
from app.web.portal import keyring, now, portal
from app.web.sign_in import me
from app.web.waiting import come_back_later


def ask_to_wait(template: str, form: Form, seconds: int, **context: Any) -> Response:
    """429 with the page of `form`; the same words whoever has failed, for who knocks need not be who failed."""
    form.form_errors.append(
        f"Vừa có nhiều lần thử chưa đúng, nên cần đợi một chút. Thử lại sau {waiting_time(seconds)}."
    )
    return come_back_later(template, form, seconds, **context)


def unknown_pair(secret: str, wait: int) -> str:
    """Of who wants to come in: which of the two was wrong, the number or the `secret`, stays untold."""
    again = f"sau {waiting_time(wait)} thử lần nữa" if wait else "thử lần nữa"
    return f"Số điện thoại, số căn cước hoặc {secret} chưa đúng. Kiểm tra lại rồi {again}."


def wrong_password(wait: int, *, name: str = "Mật khẩu") -> str:
    """Of who is in already; `name` is what the page calls that password."""
    return f"{name} chưa đúng. {f'Thử lại sau {waiting_time(wait)}.' if wait else 'Hãy nhập lại.'}"


def is_my_password(field: PasswordField) -> bool:
    """Whether it is the password of who is signed in; if not, the field says so. Raises Throttled."""
    try:
        confirm_password(
            account_id=me().account_id,
            password=field.data or "",
            keyring=keyring(),
            passwords=portal().passwords,
            now=now(),
            address=address(),
        )
    except WrongPassword as wrong:
        field.errors = [wrong_password(wrong.wait)]
        return False
    return True
