"""The second step of signing in as staff: a code of an authenticator app."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import StringField, ValidationError
from wtforms.validators import InputRequired

from app.account import room
from app.account.refusals import ask_to_wait
from app.extensions import db
from app.services.second_factor import (
    AlreadyProven,
    WrongCode,
    address_for_apps,
    offered_secret,
    prove_first,
    use_code,
)
from app.services.throttle import Throttled
from app.web.devices import address
from app.web.doors import Page, home_of, onward
from app.web.doors import second_factor as staff_without
from app.web.formatters import waiting_time
from app.web.forms import Form, tidy_text
from app.web.portal import catalogue, keyring, now
from app.web.qr import qr_picture
from app.web.sign_in import enter, me, session_token


class CodeForm(Form):
    """Six digits, which people also type in two groups."""

    code = StringField("Mã 6 số trong ứng dụng xác thực", [InputRequired("Nhập mã 6 số.")], filters=[tidy_text])

    def validate_code(self, field: StringField) -> None:
        """Any other shape is a slip of the finger, and no guess to be counted."""
        digits = (field.data or "").replace(" ", "")
        if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
            raise ValidationError("Mã gồm đúng 6 số, đổi sau mỗi 30 giây. Nhập mã đang hiện trong ứng dụng.")

    def taken_code(self) -> str | None:
        """The code when it can be one, taken out: no page shows it again."""
        valid, code, self.code.data = self.validate(), self.code.data, ""
        return code if valid else None


@room.get("/dang-nhap/xac-thuc")
@staff_without
def second_factor() -> Page:
    """Asks for a code; who has no second factor yet is led to setting it up."""
    if me().totp_since is None:
        return redirect(url_for("account.offer_factor", tiep=onward()), 303)
    return render_template("account/second_factor.html", form=CodeForm(formdata=None), onward=onward())


@room.post("/dang-nhap/xac-thuc")
@staff_without
def prove_factor() -> Page:
    """In, under a session that is new again."""
    form = CodeForm()
    if code := form.taken_code():
        try:
            use_code(account_id=me().account_id, code=code, keyring=keyring(), now=now(), address=address())
        except Throttled as refused:
            return ask_to_wait("account/second_factor.html", form, refused.wait, onward=onward())
        except WrongCode as wrong:
            form.code.errors = [_wrong(wrong.wait)]
        else:
            return _enter()
    return render_template("account/second_factor.html", form=form, onward=onward()), 422


@room.get("/dang-nhap/xac-thuc/thiet-lap")
@staff_without
def offer_factor() -> Page:
    """The secret of this session, as a picture and in letters."""
    if me().totp_since is not None:
        return redirect(url_for("account.second_factor", tiep=onward()), 303)
    return _offer(CodeForm(formdata=None))


@room.post("/dang-nhap/xac-thuc/thiet-lap")
@staff_without
def set_factor() -> Page:
    """The first right code makes the offered secret this account's own."""
    form = CodeForm()
    if code := form.taken_code():
        try:
            prove_first(
                account_id=me().account_id,
                token=session_token(),
                code=code,
                keyring=keyring(),
                now=now(),
                address=address(),
            )
        except AlreadyProven:
            return redirect(url_for("account.second_factor", tiep=onward()), 303)
        except Throttled as refused:
            return ask_to_wait("account/offer_factor.html", form, refused.wait, **_offered())
        except WrongCode as wrong:
            form.code.errors = [_wrong(wrong.wait)]
        else:
            return _enter()
    return _offer(form), 422


def _enter() -> Response:
    who = me()
    enter(who.account_id, second_factor=True)
    db.session.commit()
    return redirect(onward() or home_of(who.role), 303)


def _wrong(wait: int) -> str:
    again = f"Sau {waiting_time(wait)}, nhập" if wait else "Đợi mã tiếp theo rồi nhập"
    return f"Mã chưa đúng hoặc đã dùng rồi. {again} mã đang hiện trong ứng dụng."


def _offer(form: CodeForm) -> str:
    return render_template("account/offer_factor.html", form=form, **_offered())


def _offered() -> dict[str, object]:
    secret = offered_secret(token=session_token(), keyring=keyring())
    link = address_for_apps(secret, name=me().full_name, issuer=catalogue().short_name)
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return {
        "picture": qr_picture(link, words="Mã QR để quét bằng ứng dụng xác thực"),
        "secret": groups,
        "onward": onward(),
    }
