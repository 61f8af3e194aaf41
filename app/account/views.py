"""Registering, signing in and out, my page."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.account import room
from app.account.forms import RegisterForm, SignInForm
from app.account.presenters import road
from app.account.waiting import ask_to_wait
from app.extensions import db
from app.models import Account, Channel, Entry, Role
from app.services.certify import read_progress
from app.services.my_attempts import my_attempts
from app.services.register import CitizenNumberTaken
from app.services.register import register as register_person
from app.services.sign_in import WrongCredentials, check_credentials
from app.services.throttle import Throttled
from app.web.access import contestant, enter, entry_id, is_signed_in, leave, public, safe_path, signed_in
from app.web.access import me as who
from app.web.devices import address, keep_device, sent_device
from app.web.formatters import waiting_time
from app.web.htmx import is_htmx, render
from app.web.portal import catalogue, keyring, now, portal

Page = str | tuple[str, int] | Response


@room.get("/dang-ky")
@public
def register() -> Page:
    """The form; `don-vi` is the unit that was searched for. For htmx only the field of the unit."""
    if is_signed_in():
        return redirect(url_for("account.me"), 303)
    form = RegisterForm(catalogue(), unit=request.args.get("don-vi"))
    if is_htmx():
        form.unit.render_kw = {"autofocus": True}  # so that the choice is seen, and read out
    return render(page="account/register.html", part="account/_unit_field.html", form=form)


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
            address=address(),
        )
    except Throttled as refused:
        return ask_to_wait("account/register.html", form, refused.wait)
    except CitizenNumberTaken:
        form.citizen_id.errors = [
            "Số căn cước này đã được đăng ký. Nếu là bạn, hãy đăng nhập; nếu không, hãy hỏi UBND phường, xã nơi bạn ở."
        ]
        return render_template("account/register.html", form=form), 422
    enter(account.id)
    device = sent_device().remembering(account.id, account.password_hash, keyring())
    db.session.commit()
    return keep_device(redirect(url_for("account.me"), 303), device)


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
            admitted = check_credentials(
                identifier=form.identifier.data or "",
                password=form.password.data or "",
                keyring=keyring(),
                passwords=portal().passwords,
                now=now(),
                address=address(),
                device=sent_device(),
            )
        except Throttled as refused:
            return ask_to_wait("account/sign_in.html", form, refused.wait, onward=safe_path(request.args.get("tiep")))
        except WrongCredentials as wrong:
            form.form_errors.append(_wrong(wrong.wait))
        else:
            enter(admitted.account_id)
            role = db.session.get_one(Account, admitted.account_id).role
            db.session.commit()
            return keep_device(redirect(_onward(role), 303), admitted.device)
    return render_template("account/sign_in.html", form=form, onward=safe_path(request.args.get("tiep"))), 422


def _wrong(wait: int) -> str:
    again = f"sau {waiting_time(wait)} thử lần nữa" if wait else "thử lần nữa"
    return f"Số điện thoại, số căn cước hoặc mật khẩu chưa đúng. Kiểm tra lại rồi {again}."


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
