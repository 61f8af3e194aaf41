"""The citizen card's QR code on a kiosk: it fills in the number, at registration the name too.

The scan comes in a form of its own, is read here, and is dropped: kept nowhere, shown nowhere, logged nowhere.
"""

from flask import render_template, request
from markupsafe import Markup

from app.account import room
from app.account.assist_form import AssistForm
from app.account.forms import SignInForm
from app.account.register_form import RegisterForm
from app.rules.card_qr import Card, HealthCard, NotACard, read_card
from app.web.doors import Page, kiosk_officer, onward, public
from app.web.forms import Form
from app.web.kiosk import kiosk_or_404, kiosk_unit
from app.web.portal import catalogue, today

_HEALTH_CARD = "Đây là mã trên thẻ bảo hiểm y tế. Hãy quét mã QR trên thẻ căn cước."
_NO_CARD = "Không đọc được mã. Đặt bàn phím ở chế độ gõ tiếng Anh rồi quét lại, hoặc gõ số vào ô bên dưới."


@room.post("/dang-ky/the")
@public
def scan_to_register() -> Page:
    """The form of registration with number and name."""
    return _fill("account/register.html", RegisterForm)


@room.post("/kiosk/dang-ky-ho/the")
@kiosk_officer
def scan_to_assist() -> Page:
    """The same for an officer who registers somebody."""
    return _fill("account/assist.html", AssistForm)


@room.post("/dang-nhap/the")
@public
def scan_to_sign_in() -> Page:
    """The form of signing in with the number."""
    kiosk_or_404()
    card, fault = _scanned()
    form = SignInForm(formdata=None, identifier=card.number if card else "")
    return _answer("account/sign_in.html", form, card, fault, onward=onward())


def _fill(template: str, kind: type[RegisterForm]) -> Page:
    kiosk_or_404()
    card, fault = _scanned()
    found = {"citizen_id": card.number, "full_name": card.name} if card else {}
    form = kind(catalogue(), this_year=today().year, formdata=None, unit=kiosk_unit().code, **found)
    return _answer(template, form, card, fault)


def _scanned() -> tuple[Card | None, str]:
    try:
        return read_card(request.form.get("card", "")), ""
    except HealthCard:
        return None, _HEALTH_CARD
    except NotACard:
        return None, _NO_CARD


def _answer(template: str, form: Form, card: Card | None, fault: str, **context: object) -> Page:
    if card is None:
        form.form_errors.append(Markup('<a href="#card">{}</a>').format(fault))
    return render_template(template, form=form, card=card, scan_fault=fault, **context), 200 if card else 422
