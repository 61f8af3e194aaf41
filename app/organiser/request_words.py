"""Words of the inbox of requests about personal data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from app.models import DataRequest, RequestKind, RequestState
from app.services.data_requests import OPEN, next_due
from app.web.formatters import day, moment

KINDS = {
    RequestKind.COPY: "Lấy bản sao",
    RequestKind.CORRECT: "Sửa thông tin",
    RequestKind.WITHDRAW: "Rút lời đồng ý",
    RequestKind.RESTRICT: "Hạn chế sử dụng",
    RequestKind.DELETE: "Xóa dữ liệu",
}
STATES = {
    RequestState.NEW: ("Chưa báo nhận", "wait"),
    RequestState.ACKNOWLEDGED: ("Đã báo nhận", "info"),
    RequestState.DONE: ("Đã thực hiện", "done"),
    RequestState.REFUSED: ("Đã từ chối", "stop"),
}
# What carrying out does, before it is pressed.
EFFECTS = {
    RequestKind.COPY: (
        "Người dự thi tự tải được bản sao ở trang “Dữ liệu của tôi”. Nếu họ không tự làm được, hãy in giúp rồi đánh dấu"
        " là đã thực hiện."
    ),
    RequestKind.CORRECT: "Sửa ở trang của thí sinh sau khi xem thẻ, rồi đánh dấu là đã thực hiện.",
    RequestKind.WITHDRAW: "Tên được ẩn khỏi bảng xếp hạng, bài chia sẻ gỡ khỏi trang Lan tỏa, và không báo tin nữa.",
    RequestKind.RESTRICT: "Tên được ẩn khỏi bảng xếp hạng, bài chia sẻ gỡ khỏi trang Lan tỏa, và không báo tin nữa.",
    RequestKind.DELETE: (
        "Tài khoản, bài đã học, lượt thi, kết quả, bài chia sẻ, giấy chứng nhận và chính lời yêu cầu này bị xóa, không"
        " lấy lại được. Số liệu và bảng xếp hạng đổi theo."
    ),
}


def request_title(request: DataRequest) -> str:
    """`Xóa dữ liệu: Trần Văn Mẫu`."""
    return f"{KINDS[request.kind]}: {person(request)}"


def person(request: DataRequest) -> str:
    """Whose it is; a deleted one has no name any more."""
    return request.account.full_name if request.account else "người đã xóa"


def waiting_row(request: DataRequest, *, now: datetime) -> dict[str, Any]:
    """A line of the inbox: {title, href, state, kind, late, asked, due}; `kind` is the tag's colour."""
    state, kind = STATES[request.state]
    due, what = next_due(request), "Báo đã nhận" if request.state is RequestState.NEW else "Thực hiện"
    return {
        "title": request_title(request),
        "href": url_for("organiser.request", request_id=request.id),
        "state": state,
        "kind": kind,
        "late": now >= due,
        "asked": moment(request.created_at),
        "due": f"{what} chậm nhất {_until(due)}",
    }


def _until(end: datetime) -> str:
    """A limit is the moment at which the day after begins."""
    return f"hết ngày {day(end - datetime.resolution)}"


def answered_rows(requests: Sequence[DataRequest]) -> list[list[str]]:
    """Rows of components/table.html: what, asked, answered, how."""
    return [
        [
            request_title(request),
            moment(request.created_at),
            moment(request.done_at) if request.done_at else "–",
            STATES[request.state][0],
        ]
        for request in requests
    ]


def request_facts(request: DataRequest) -> list[tuple[str, str]]:
    """Rows of components/facts.html."""
    facts = [
        ("Người yêu cầu", person(request)),
        ("Gửi lúc", moment(request.created_at)),
        ("Trạng thái", STATES[request.state][0]),
    ]
    if request.state is RequestState.NEW:
        facts.append(("Hạn báo đã nhận", _until(request.acknowledge_by)))
    if request.state in OPEN:
        facts.append(("Hạn thực hiện", _until(request.due_at)))
    if request.extension_reason:
        facts.append(("Đã kéo dài, vì", request.extension_reason))
    if request.done_at:
        facts.append(("Trả lời lúc", moment(request.done_at)))
    if request.answer:
        facts.append(("Câu trả lời", request.answer))
    return facts
