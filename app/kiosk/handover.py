"""Going on with the own phone: a QR code on the kiosk, a button on the phone. Previews of links only ever GET."""

from flask import abort, redirect, render_template, url_for

from app.extensions import db
from app.kiosk import room
from app.services.handover import MINUTES, HandoverGone, open_handover, take_handover, whose_handover
from app.web.addresses import whole_address
from app.web.devices import keep_device, sent_device
from app.web.doors import Page, contestant, public
from app.web.kiosk import kiosk_or_404, on_kiosk
from app.web.portal import keyring, now
from app.web.qr import qr_picture
from app.web.sign_in import enter, me


@room.get("/kiosk/dien-thoai")
@contestant
def handover() -> str:
    """What it is for, and the button."""
    kiosk_or_404()
    return render_template("kiosk/handover.html", picture=None, minutes=MINUTES)


@room.post("/kiosk/dien-thoai")
@contestant
def show_handover() -> str:
    """The code, once, as the answer of the POST itself."""
    kiosk = kiosk_or_404()
    token = open_handover(account_id=me().account_id, kiosk_id=kiosk.id, now=now())
    picture = qr_picture(whole_address("kiosk.arrive", token=token), words="Mã QR để quét bằng điện thoại của bạn")
    page = render_template("kiosk/handover.html", picture=picture, minutes=MINUTES)
    db.session.commit()
    return page


@room.get("/kiosk/nhan/<token>")
@public
def arrive(token: str) -> Page:
    """On the phone: who will be signed in, and the button."""
    if on_kiosk():
        abort(404)
    try:
        account = whose_handover(token=token, now=now())
    except HandoverGone:
        return _gone()
    return render_template("kiosk/arrive.html", token=token, account=account)


@room.post("/kiosk/nhan/<token>")
@public
def take(token: str) -> Page:
    """Signed in on this phone. On the kiosk nothing changes: it is left by its own button."""
    if on_kiosk():
        abort(404)
    try:
        account = take_handover(token=token, now=now())
    except HandoverGone:
        db.session.rollback()
        return _gone()
    enter(account.id, typed=False)
    device = sent_device().remembering(account.id, account.password_hash, keyring())
    db.session.commit()
    return keep_device(redirect(url_for("account.me"), 303), device)


def _gone() -> tuple[str, int]:
    return render_template("kiosk/gone.html", minutes=MINUTES), 410
