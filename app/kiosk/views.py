"""A device becomes a kiosk; its first page; the end of somebody's visit."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired

from app.extensions import db
from app.kiosk import room
from app.models import Role
from app.services.kiosks import WrongCode
from app.services.kiosks import enrol as enrol_device
from app.services.throttle import Throttled
from app.web.devices import address
from app.web.doors import Page, home_of, public
from app.web.formatters import waiting_time
from app.web.forms import Form, tidy_text
from app.web.kiosk import keep_kiosk, kiosk_or_404, on_kiosk, wiped
from app.web.portal import keyring, now
from app.web.sign_in import is_signed_in, leave, me
from app.web.waiting import come_back_later


class EnrolForm(Form):
    """The code that an officer or organiser made at the desk."""

    code = StringField("Mã mở kiosk", [InputRequired("Nhập mã do cán bộ tạo ở bàn làm việc.")], filters=[tidy_text])


@room.get("/kiosk")
@public
def front() -> str:
    """Three buttons; on a device that is no kiosk the question for a code."""
    if not on_kiosk():
        return render_template("kiosk/enrol.html", form=EnrolForm(formdata=None))
    role = me().role if is_signed_in() else None
    onward = home_of(role) if role in (Role.CONTESTANT, Role.OFFICER) else None
    return render_template("kiosk/front.html", role=role, onward=onward)


@room.post("/kiosk")
@public
def enrol() -> Page:
    """Make this device a kiosk. Whoever was signed in here is not any more."""
    if on_kiosk():
        return redirect(url_for("kiosk.front"), 303)
    form = EnrolForm()
    if form.validate():
        try:
            token = enrol_device(typed=form.code.data or "", keyring=keyring(), now=now(), address=address())
        except WrongCode as wrong:
            again = f"Thử lại sau {waiting_time(wrong.wait)}." if wrong.wait else "Xem lại mã, hoặc tạo mã mới."
            form.code.errors = [f"Mã chưa đúng, đã dùng hoặc đã quá 15 phút. {again}"]
        except Throttled as refused:
            form.code.errors = [f"Vừa có nhiều mã chưa đúng. Thử lại sau {waiting_time(refused.wait)}."]
            return come_back_later("kiosk/enrol.html", form, refused.wait)
        else:
            leave()
            db.session.commit()
            return keep_kiosk(wiped(redirect(url_for("kiosk.front"), 303)), token)
    return render_template("kiosk/enrol.html", form=form), 422


@room.post("/kiosk/xong")
@public
def done() -> Response:
    """“Xong, xóa màn hình”: the session ends, nothing of the person stays."""
    kiosk_or_404()
    leave()
    db.session.commit()
    return wiped(redirect(url_for("kiosk.front"), 303))


@room.get("/kiosk/het-gio")
@public
def timed_out() -> Response:
    """Where a page without a script goes by itself. A GET writes nothing: the session's token is overwritten in the
    only place that held it, and its row ends with its time."""
    kiosk_or_404()
    return wiped(redirect(url_for("kiosk.front"), 303))
