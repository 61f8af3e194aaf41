"""What a person says to a result that was taken out."""

from flask import abort, redirect, render_template, url_for
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from app.account import room
from app.extensions import db
from app.models import Invalidation
from app.services.invalidate import find_own
from app.services.invalidate import reply as keep_reply
from app.web.doors import Page, contestant
from app.web.forms import Form
from app.web.portal import now
from app.web.sign_in import entry_id

_LONGEST = 1000


class ReplyForm(Form):
    """A few sentences."""

    text = TextAreaField(
        "Phản hồi của bạn",
        [
            DataRequired("Viết điều bạn muốn Ban Tổ chức biết."),
            Length(max=_LONGEST, message="Viết ngắn lại, nhiều nhất 1.000 ký tự."),
        ],
        filters=[lambda text: text.strip().replace("\r\n", "\n") if isinstance(text, str) else text],
    )


def _mine(invalidation_id: int) -> Invalidation:
    return find_own(invalidation_id=invalidation_id, entry_id=entry_id()) or abort(404)


@room.get("/toi/phan-hoi/<int:invalidation_id>")
@contestant
def reply(invalidation_id: int) -> str:
    """What was taken out and why, and the form, with what was said before."""
    act = _mine(invalidation_id)
    return render_template("account/reply.html", act=act, form=ReplyForm(formdata=None, text=act.reply))


@room.post("/toi/phan-hoi/<int:invalidation_id>")
@contestant
def send_reply(invalidation_id: int) -> Page:
    """Keep it for the organiser; a later one takes its place."""
    act, form = _mine(invalidation_id), ReplyForm()
    if not form.validate():
        return render_template("account/reply.html", act=act, form=form), 422
    keep_reply(invalidation_id=act.id, entry_id=entry_id(), text=form.text.data or "", now=now())
    db.session.commit()
    return redirect(url_for("account.reply", invalidation_id=act.id), 303)
