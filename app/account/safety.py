"""My password, and the devices on which I am signed in."""

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.account import room
from app.account.refusals import ask_to_wait, wrong_password
from app.account.safety_forms import ChangePasswordForm
from app.extensions import db
from app.models import Role
from app.services.change_password import change_password as set_password
from app.services.change_password import own_words
from app.services.confirm_password import WrongPassword
from app.services.my_sessions import NoSuchSession, end_other_sessions, end_session, my_sessions
from app.services.throttle import Throttled
from app.web.devices import address, keep_device, sent_device
from app.web.doors import Page, signed_in
from app.web.portal import keyring, now, portal
from app.web.sign_in import me, session_token

OTHERS = "khac"  # all sessions but this one
_DONE = {
    "mat-khau": "Đã đổi mật khẩu. Mọi thiết bị khác đã được đăng xuất.",
    "mat-khau-va-ma": "Đã đổi mật khẩu. Mọi thiết bị khác đã được đăng xuất. Mã khôi phục cũ không còn dùng được: "
    "vào Trang của tôi, bấm Mã khôi phục để chép mã mới.",
    "mot": "Đã đăng xuất thiết bị đó.",
    OTHERS: "Mọi thiết bị khác đã được đăng xuất.",
}


@room.get("/toi/mat-khau")
@signed_in
def password() -> str:
    """The form."""
    return render_template("account/password.html", form=ChangePasswordForm([], formdata=None))


@room.post("/toi/mat-khau")
@signed_in
def change_password() -> Page:
    """Set it; all other devices have to sign in again."""
    account_id = me().account_id
    form = ChangePasswordForm(own_words(account_id=account_id, keyring=keyring()))
    if form.validate():
        try:
            password_hash = set_password(
                account_id=account_id,
                old=form.old.data or "",
                new=form.new.data or "",
                token=session_token(),
                keyring=keyring(),
                passwords=portal().passwords,
                now=now(),
                address=address(),
            )
        except Throttled as refused:
            return ask_to_wait("account/password.html", form, refused.wait)
        except WrongPassword as wrong:
            form.old.errors = [wrong_password(wrong.wait, name="Mật khẩu đang dùng")]
        else:
            db.session.commit()
            device = sent_device().remembering(account_id, password_hash, keyring())
            done = "mat-khau-va-ma" if me().role is Role.CONTESTANT else "mat-khau"
            return keep_device(redirect(url_for("account.devices", vua=done), 303), device)
    return render_template("account/password.html", form=form), 422


@room.get("/toi/thiet-bi")
@signed_in
def devices() -> str:
    """Where I am signed in; `vua` says what was just done."""
    sessions = my_sessions(account_id=me().account_id, token=session_token(), now=now())
    return render_template(
        "account/devices.html", sessions=sessions, others=OTHERS, done=_DONE.get(request.args.get("vua", ""), "")
    )


@room.post("/toi/thiet-bi")
@signed_in
def end_sessions() -> Response:
    """Sign out one other device, or all others."""
    which, account_id, token = request.form.get("phien", ""), me().account_id, session_token()
    if which == OTHERS:
        end_other_sessions(account_id=account_id, token=token)
    else:
        try:
            end_session(account_id=account_id, token=token, ref=which)
        except NoSuchSession:
            abort(404)
    db.session.commit()
    return redirect(url_for("account.devices", vua=OTHERS if which == OTHERS else "mot"), 303)
