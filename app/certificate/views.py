"""My certificate, its PDF, its verification."""

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.certificate import room
from app.certificate.forms import VerifyForm
from app.certificate.presenters import asked
from app.extensions import db
from app.models import Certificate
from app.services.certificate_pdf import Unprintable, certificate_pdf, sheet_of
from app.services.certify import NotEarned, certify, find_certificate, my_certificate, read_progress
from app.services.codes import shown_code, typed_code
from app.web.addresses import whole_address
from app.web.doors import Page, contestant, public
from app.web.kiosk import on_kiosk
from app.web.portal import catalogue, now
from app.web.qr import qr_picture
from app.web.sign_in import entry_id


@room.get("/chung-nhan")
@contestant
def mine() -> str:
    """The steps that are missing, or the one button, or the certificate."""
    return _mine(my_certificate(entry_id=entry_id()))


def _mine(certificate: Certificate | None) -> str:
    if certificate is not None:
        address = whole_address("certificate.verified", code=certificate.code)
        # A kiosk keeps no files: there the page itself is printed, with the code that leads to its verification.
        picture = qr_picture(address, words="Mã QR để xác minh giấy chứng nhận") if on_kiosk() else None
        return render_template("certificate/mine.html", certificate=certificate, address=address, picture=picture)
    contest, progress = catalogue(), read_progress(entry_id=entry_id())
    return render_template(
        "certificate/to_earn.html",
        excluded=progress.excluded,
        missing=progress.missing(contest),
        steps=asked(contest, progress),
    )


@room.post("/chung-nhan")
@contestant
def issue() -> Page:
    """Issue it; once only, however often the button is pressed."""
    try:
        certify(entry_id=entry_id(), catalogue=catalogue(), now=now())
    except NotEarned:
        return _mine(None), 409
    db.session.commit()
    return redirect(url_for("certificate.mine"), 303)


@room.get("/chung-nhan/<code>.pdf")
@contestant
def pdf(code: str) -> Page:
    """The paper, for its owner alone. A revoked one is not printed again: its page says why."""
    certificate = my_certificate(entry_id=entry_id())
    if certificate is None or certificate.code != typed_code(code):
        abort(404)
    if certificate.revoked_at is not None:
        return redirect(url_for("certificate.mine"), 303)
    address = whole_address("certificate.verified", code=certificate.code)
    sheet = sheet_of(certificate=certificate, catalogue=catalogue(), address=address)
    try:
        paper = certificate_pdf(sheet)
    except Unprintable as fault:
        return render_template("certificate/unprintable.html", letters=fault.letters), 409
    response = Response(paper, mimetype="application/pdf")
    # As a download: a browser's own viewer would stand under our content security policy.
    response.headers["Content-Disposition"] = (
        f'attachment; filename="giay-chung-nhan-{shown_code(certificate.code)}.pdf"'
    )
    return response


@room.get("/xac-minh")
@public
def verify() -> Page:
    """A form with a code; a code that can be one leads to its page."""
    form = VerifyForm(request.args)
    if "ma" not in request.args:
        return render_template("certificate/verify.html", form=form)
    if not form.validate():
        return render_template("certificate/verify.html", form=form), 422
    return redirect(url_for("certificate.verified", code=form.code), 303)


@room.get("/xac-minh/<code>")
@public
def verified(code: str) -> Page:
    """What this code stands for, as anybody may know it: name, unit, contest, day, and whether it still counts."""
    certificate = find_certificate(code=typed_code(code), contest_id=catalogue().contest_id)
    if certificate is None:
        return render_template("certificate/unknown.html", code=code), 404
    return render_template("certificate/verified.html", certificate=certificate)
