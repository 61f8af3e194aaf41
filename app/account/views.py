"""Registering, signing in and out, my page."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.account import room
from app.account.forms import RegisterForm, SignInForm
from app.account.presenters import road
from app.extensions import db
from app.models import Account, Channel, Entry, Role
from app.services.certify import read_progress
from app.services.my_attempts import my_attempts
from app.services.register import CitizenNumberTaken
from app.services.register import register as register_person
from app.services.sign_in import WrongCredentials, check_credentials
from app.web.access import contestant, enter, entry_id, is_signed_in, leave, public, safe_path, signed_in
from app.web.access import me as who
from app.web.portal import catalogue, keyring, now, portal

Page = str | tuple[str, int] | Response


@room.get("/dang-ky")
@public
def register() -> Page:
    """The form."""
    if is_signed_in():
        return redirect(url_for("account.me"), 303)
    return render_template("account/register.html", form=RegisterForm(catalogue()))


@room.post("/dang-ky")
@public
def create_account() -> Page:
    """Account and entry at once; then signed in."""
    if is_signed_in():
        return redirect(url_for("account.me"), 303)
    contest = catalogue()
    form = RegisterForm(contest)
    if not form.validate():
        return render_template("account/register.html", form=form), 422
    try:
        account = register_person(
            person=form.person(),
            catalogue=contest,
            keyring=keyring(),
            passwords=portal().passwords,
            channel=Channel.SELF,
            now=now(),
        )
    except CitizenNumberTaken:
        form.citizen_id.errors = [
            "Số định danh này đã được đăng ký. Nếu là bạn, hãy đăng nhập; nếu không, liên hệ UBND phường, xã nơi bạn ở."
        ]
        return render_template("account/register.html", form=form), 422
    enter(account.id)
    db.session.commit()
    return redirect(url_for("account.me"), 303)


@room.get("/dang-nhap")
@public
def sign_in() -> Page:
    """The form; `tiep` says where to go on afterwards."""
    if is_signed_in():
        return redirect(_onward(who().role), 303)
    return render_template("account/sign_in.html", form=SignInForm(), onward=safe_path(request.args.get("tiep")))


@room.post("/dang-nhap")
@public
def open_door() -> Page:
    """Check and enter. What was wrong, number or password, stays untold."""
    form = SignInForm()
    if form.validate():
        try:
            account_id = check_credentials(
                identifier=form.identifier.data or "",
                password=form.password.data or "",
                keyring=keyring(),
                passwords=portal().passwords,
            )
        except WrongCredentials:
            form.form_errors.append("Số hoặc mật khẩu chưa đúng. Kiểm tra lại rồi thử lần nữa.")
        else:
            enter(account_id)
            role = db.session.get_one(Account, account_id).role
            db.session.commit()
            return redirect(_onward(role), 303)
    return render_template("account/sign_in.html", form=form, onward=safe_path(request.args.get("tiep"))), 422


def _onward(role: Role) -> str:
    home = url_for("organiser.today") if role is Role.ORGANISER else url_for("account.me")
    return safe_path(request.args.get("tiep")) or home


@room.post("/dang-xuat")
@signed_in
def sign_out() -> Response:
    """End this browser's session."""
    leave()
    db.session.commit()
    return redirect(url_for("home.front"), 303)


@room.get("/quen-mat-khau")
@public
def recover() -> str:
    """How to get in again."""
    return render_template("account/recover.html")


@room.get("/toi")
@contestant
def me() -> str:
    """The six steps as a task list, my attempts, my data."""
    contest, entry = catalogue(), db.session.get_one(Entry, entry_id())
    return render_template(
        "account/me.html",
        entry=entry,
        steps=road(contest, read_progress(entry_id=entry.id)),
        attempts=my_attempts(entry_id=entry.id, limit=10),
    )
