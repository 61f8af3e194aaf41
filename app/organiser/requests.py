"""The inbox of requests about personal data, answered by the law's dates."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, redirect, url_for
from flask import request as asked

from app.desk.page import desk_page
from app.extensions import db
from app.models import DataRequest, RequestKind
from app.organiser import room
from app.organiser.request_forms import DoneForm, ExtendForm, RefuseForm
from app.organiser.request_words import EFFECTS, answered_rows, request_facts, request_title, waiting_row
from app.services import data_requests as inbox
from app.services.delete_person import ClaimOpen, is_sitting, kept_for_award
from app.web.doors import Page, organiser
from app.web.portal import catalogue, now
from app.web.sign_in import me
from app.web.snapshots import forget

AnswerForm = DoneForm | ExtendForm | RefuseForm
_A_PAGE = 50
_DEED = "any('thuc-hien', 'gia-han', 'tu-choi')"
_DONE = {
    "tiep-nhan": "Đã báo cho người yêu cầu là đã nhận.",
    "thuc-hien": "Đã thực hiện yêu cầu.",
    "gia-han": "Đã kéo dài hạn thực hiện.",
    "tu-choi": "Đã từ chối yêu cầu. Người yêu cầu đọc được lý do.",
}
_CLAIM_FIRST = "Có người đang báo trùng số căn cước với người này. Xử lý báo trùng đó trước, rồi mới xóa được."


@dataclass(frozen=True, slots=True)
class Deed:
    """One way to answer: its form, the page's title, and the button with its kind."""

    form: type[AnswerForm]
    title: str
    button: str
    kind: str = "primary"


_DEEDS: Mapping[str, Deed] = {
    "thuc-hien": Deed(DoneForm, "Thực hiện yêu cầu", "Thực hiện"),
    "gia-han": Deed(ExtendForm, "Kéo dài hạn thực hiện", "Kéo dài"),
    "tu-choi": Deed(RefuseForm, "Từ chối yêu cầu", "Từ chối", "danger"),
}


@room.get("/quan-tri/yeu-cau")
@organiser
def requests() -> str:
    """What is due first stands first; `vua` says what was just done."""
    contest_id, at = catalogue().contest_id, now()
    return desk_page(
        "organiser/requests.html",
        waiting=[waiting_row(request, now=at) for request in inbox.inbox(contest_id=contest_id, size=_A_PAGE)],
        total=inbox.waiting(contest_id=contest_id),
        answered=answered_rows(inbox.answered(contest_id=contest_id, size=_A_PAGE)),
        done=_DONE.get(asked.args.get("vua", ""), ""),
    )


def _request(request_id: int) -> DataRequest:
    return inbox.find_request(request_id=request_id, contest_id=catalogue().contest_id) or abort(404)


@room.get("/quan-tri/yeu-cau/<int:request_id>")
@organiser
def request(request_id: int) -> str:
    """One request, and the ways to answer it."""
    return _page(_request(request_id))


def _page(found: DataRequest, warning: str = "") -> str:
    return desk_page(
        "organiser/request.html",
        title=request_title(found),
        facts_rows=request_facts(found),
        found=found,
        entry_id=inbox.entry_of(found),
        is_open=found.state in inbox.OPEN,
        warning=warning,
    )


@room.post("/quan-tri/yeu-cau/<int:request_id>/tiep-nhan")
@organiser
def acknowledge_request(request_id: int) -> Page:
    """Tell the person that it was received."""
    found = _request(request_id)
    try:
        inbox.acknowledge(request_id=found.id, contest_id=found.contest_id, actor_id=me().account_id, now=now())
    except inbox.AlreadyAnswered:
        db.session.rollback()
        return _too_late(request_id)
    db.session.commit()
    return redirect(url_for("organiser.requests", vua="tiep-nhan"), 303)


@room.get(f"/quan-tri/yeu-cau/<int:request_id>/<{_DEED}:deed>")
@organiser
def answer_form(request_id: int, deed: str) -> Page:
    """What will happen, and the words for the person."""
    found = _request(request_id)
    if found.state not in inbox.OPEN:
        return _too_late(request_id)
    return _answer_page(found, deed, _DEEDS[deed].form(formdata=None))


@room.post(f"/quan-tri/yeu-cau/<int:request_id>/<{_DEED}:deed>")
@organiser
def answer_request(request_id: int, deed: str) -> Page:
    """Do it."""
    found, form = _request(request_id), _DEEDS[deed].form()
    if not form.validate():
        return _answer_page(found, deed, form), 422
    try:
        _answer(found, deed, form.words.data or "")
    except inbox.AlreadyAnswered:
        db.session.rollback()
        return _too_late(request_id)
    except inbox.AlreadyExtended:
        db.session.rollback()
        return _page(_request(request_id), "Hạn của yêu cầu này đã được kéo dài một lần, không kéo dài thêm được."), 409
    except ClaimOpen:
        db.session.rollback()
        return _page(_request(request_id), _CLAIM_FIRST), 409
    db.session.commit()
    forget()
    return redirect(url_for("organiser.requests", vua=deed), 303)


def _answer(found: DataRequest, deed: str, words: str) -> None:
    which, actor_id, at = {"request_id": found.id, "contest_id": found.contest_id}, me().account_id, now()
    match deed:
        case "thuc-hien":
            inbox.carry_out(**which, answer=words, actor_id=actor_id, now=at)
        case "gia-han":
            inbox.extend(**which, reason=words, actor_id=actor_id, zone=catalogue().rules.zone, now=at)
        case _:
            inbox.refuse(**which, reason=words, actor_id=actor_id, now=at)


def _too_late(request_id: int) -> Page:
    return _page(_request(request_id), "Yêu cầu này đã được trả lời. Lần bấm của bạn không thay đổi gì."), 409


def _answer_page(found: DataRequest, deed: str, form: AnswerForm) -> str:
    deletes = deed == "thuc-hien" and found.kind is RequestKind.DELETE
    account_id = found.account_id if deletes else None
    return desk_page(
        "organiser/request_answer.html",
        found=found,
        request_title=request_title(found),
        deed=deed,
        page=_DEEDS[deed],
        form=form,
        effect=EFFECTS[found.kind] if deed == "thuc-hien" else "",
        deletes=deletes,
        sitting=account_id is not None and is_sitting(account_id=account_id),
        awards=() if account_id is None else kept_for_award(account_id=account_id),
    )
