"""My recovery code: shown after registering or signing in, later to who knows the password."""

from flask import render_template
from wtforms import PasswordField
from wtforms.validators import InputRequired

from app.account import room
from app.account.refusals import ask_to_wait, is_my_password
from app.extensions import db
from app.models import Account
from app.services.my_sessions import opened_lately
from app.services.recovery_code import new_recovery_nonce
from app.services.recovery_code import recovery_code as code_of
from app.services.throttle import Throttled
from app.web.doors import Page, person
from app.web.forms import Form
from app.web.portal import keyring, now
from app.web.sign_in import is_untyped, me, session_token

_TEMPLATE = "account/recovery_code.html"


class AskPasswordForm(Form):
    """A phone that was left open must not give the code away."""

    password = PasswordField("Mật khẩu", [InputRequired("Nhập mật khẩu.")])


@room.get("/toi/ma-khoi-phuc")
@person
def recovery_code() -> Page:
    """The code while the password was typed a moment ago, else the question for it."""
    account = db.session.get_one(Account, me().account_id)
    lately = opened_lately(token=session_token(), now=now()) and not is_untyped()
    return _page(AskPasswordForm(formdata=None), account if lately and account.recovery_nonce is not None else None)


@room.post("/toi/ma-khoi-phuc")
@person
def show_recovery_code() -> Page:
    """The code in the answer itself; who never had one gets one."""
    form = AskPasswordForm()
    try:
        if not form.validate() or not is_my_password(form.password):
            return _page(form), 422
    except Throttled as refused:
        return ask_to_wait(_TEMPLATE, form, refused.wait, account=None, code=None)
    account = db.session.get_one(Account, me().account_id)
    if account.recovery_nonce is None:
        account.recovery_nonce = new_recovery_nonce()
        db.session.commit()
    return _page(form, account)


def _page(form: AskPasswordForm, account: Account | None = None) -> str:
    code = code_of(account, keyring()) if account else None
    return render_template(_TEMPLATE, form=form, account=account, code=code)
