"""My data in words: what each part and each value is called."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.account.data_forms import KINDS
from app.models import (
    AttemptState,
    Channel,
    ClaimState,
    CodePurpose,
    InvalidationReason,
    Purpose,
    RequestKind,
    RequestState,
    StoryState,
    UnitType,
)
from app.rules.amounts import duration
from app.rules.contest import StoryKind
from app.rules.numbers import masked_citizen_number, shown_phone
from app.services.codes import shown_code
from app.web.formatters import moment

PARTS: Mapping[str, str] = {
    "account": "Tài khoản",
    "entries": "Dự thi",
    "consents": "Lời đồng ý",
    "sessions": "Thiết bị đang đăng nhập",
    "lessons": "Bài đã học",
    "attempts": "Lượt thi",
    "results": "Kết quả cao nhất",
    "invalidations": "Kết quả bị hủy",
    "final_results": "Kết quả cuối cùng",
    "awards": "Giải thưởng",
    "stories": "Bài chia sẻ",
    "certificates": "Giấy chứng nhận",
    "claims": "Báo số căn cước bị người khác dùng",
    "codes": "Mã đã gửi qua tin nhắn",
    "handovers": "Mã chuyển từ kiosk sang điện thoại",
    "requests": "Yêu cầu về dữ liệu",
    "audit": "Nhật ký về tôi",
}
LABELS: Mapping[str, str] = {
    "accepted_rules": "Thể lệ đã chấp nhận",
    "action": "Việc",
    "answer": "Trả lời",
    "answers": "Các lựa chọn đã lưu",
    "assisted": "Có cán bộ giúp đăng ký",
    "at": "Lúc",
    "attempts": "Số lượt thi",
    "awarded_at": "Trao lúc",
    "body": "Nội dung",
    "by": "Ai làm",
    "channel": "Cách đồng ý",
    "citizen_last_four": "Số căn cước",
    "code": "Mã",
    "contest": "Cuộc thi",
    "correct": "Số câu đúng",
    "created_at": "Lúc lập",
    "decided_at": "Quyết định lúc",
    "device": "Thiết bị",
    "disabled_at": "Khóa lúc",
    "done_at": "Trả lời lúc",
    "due_at": "Hạn trả lời",
    "ended_at": "Kết thúc lúc",
    "expires_at": "Hết hạn lúc",
    "extension_reason": "Lý do kéo dài",
    "extra_minutes": "Số phút được thêm",
    "figure": "Thành tích",
    "finished_at": "Hoàn thành lúc",
    "full_name": "Họ và tên",
    "given_at": "Đồng ý lúc",
    "given_back": "Số giây được trả lại",
    "group": "Tổ, thôn, cơ quan, trường",
    "guardian_name": "Người giám hộ",
    "guardian_phone": "Số điện thoại người giám hộ",
    "id": "Mã số",
    "issued_at": "Cấp lúc",
    "kind": "Loại",
    "lesson": "Bài học",
    "level": "Giải",
    "lifted_at": "Khôi phục lúc",
    "lifted_reason": "Lý do khôi phục",
    "name": "Tên ghi trên giải",
    "number": "Lượt thứ",
    "on_boards": "Hiện tên trên bảng xếp hạng",
    "on_wall": "Đồng ý đăng",
    "phone": "Số điện thoại",
    "place": "Hạng",
    "purpose": "Mục đích",
    "read_at": "Học xong lúc",
    "reason": "Lý do",
    "receipt": "Mã biên nhận",
    "registered_at": "Đăng ký lúc",
    "replied_at": "Giải thích lúc",
    "reply": "Lời giải thích của tôi",
    "revoked_at": "Thu hồi lúc",
    "revoked_reason": "Lý do thu hồi",
    "round": "Đợt thi",
    "saved_at": "Lưu lần cuối lúc",
    "seen_on": "Dùng gần nhất ngày",
    "side": "Bên",
    "started_at": "Bắt đầu lúc",
    "state": "Trạng thái",
    "submitted_at": "Nộp lúc",
    "text": "Lời của tôi",
    "text_version": "Phiên bản",
    "time_used": "Thời gian làm bài",
    "told_at": "Gửi lúc",
    "topic": "Chuyên đề",
    "unit": "Đơn vị",
    "unit_changes": "Số lần tự đổi đơn vị",
    "unit_name": "Đơn vị",
    "unit_type": "Loại đơn vị",
    "used_at": "Dùng lúc",
    "withdrawn_at": "Rút lại lúc",
    "words": "Lời của Ban Tổ chức",
}
PURPOSES: Mapping[Purpose, str] = {
    Purpose.CONTEST: "Dùng thông tin để tổ chức cuộc thi và để mỗi người chỉ có một tài khoản",
    Purpose.BOARDS: "Hiện họ tên và đơn vị trên bảng xếp hạng",
    Purpose.STORY: "Đăng bài chia sẻ trên trang Lan tỏa",
    Purpose.CONTACT: "Báo tin về các cuộc thi sau này",
    Purpose.GUARDIAN: "Cha, mẹ hoặc người giám hộ đồng ý cho dự thi",
    Purpose.GUARDIAN_PUBLIC: "Cha, mẹ hoặc người giám hộ đồng ý hiện tên và đăng bài chia sẻ",
}
STATES: Mapping[RequestState, tuple[str, str]] = {
    RequestState.NEW: ("Đã gửi", "wait"),
    RequestState.ACKNOWLEDGED: ("Ban Tổ chức đã nhận", "info"),
    RequestState.DONE: ("Đã thực hiện", "done"),
    RequestState.REFUSED: ("Không thực hiện", "stop"),
}
# By kind of word first: members of different enums with the same text are equal.
_WORDS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    Purpose: PURPOSES,
    RequestKind: KINDS,
    RequestState: {state: words for state, (words, _) in STATES.items()},
    InvalidationReason: {reason: reason.label for reason in InvalidationReason},
    UnitType: {kind: kind.label for kind in UnitType},
    Channel: {Channel.SELF: "Tự đồng ý", Channel.KIOSK: "Tại nơi hỗ trợ, có cán bộ ghi"},
    AttemptState: {
        AttemptState.OPEN: "Đang làm",
        AttemptState.SUBMITTED: "Đã nộp",
        AttemptState.TIMED_OUT: "Hết giờ",
    },
    ClaimState: {
        ClaimState.OPEN: "Đang chờ xem thẻ",
        ClaimState.MOVED: "Số đã chuyển",
        ClaimState.REFUSED: "Số giữ nguyên",
    },
    CodePurpose: {CodePurpose.RECOVERY: "Lấy lại mật khẩu"},
    StoryKind: {kind: kind.label for kind in StoryKind},
    StoryState: {
        StoryState.WAITING: "Chờ duyệt",
        StoryState.PUBLISHED: "Đã duyệt",
        StoryState.REFUSED: "Chưa được duyệt",
    },
}
_TEXTS = {"self": "Bạn", "staff": "Cán bộ, Ban Tổ chức", "operator": "Người vận hành", "claimant": "Người báo"}
_TEXTS |= {"holder": "Người đang có số"}
# The first word of an action (services.audit) as the person reads it.
_ACTIONS: Mapping[str, str] = {
    "citizen.look": "Xem số căn cước đầy đủ",
    "claim.move": "Chuyển số căn cước sau khi xem thẻ",
    "claim.refuse": "Giữ nguyên số căn cước sau khi xem thẻ",
    "consent.guardian": "Ghi lời đồng ý của cha, mẹ hoặc người giám hộ",
    "exam.extra_time": "Cho thêm phút làm bài",
    "kiosk.handover": "Hiện mã chuyển từ kiosk sang điện thoại",
    "kiosk.handover_taken": "Đăng nhập trên điện thoại bằng mã của kiosk",
    "kiosk.register": "Đăng ký giúp ở kiosk",
    "password.change": "Đổi mật khẩu",
    "password.recover": "Lấy lại mật khẩu",
    "password.reset": "Cấp mật khẩu mới",
    "person.correct": "Sửa họ tên, số điện thoại hoặc đơn vị",
    "person.number": "Ghi lại số căn cước sau khi xem thẻ",
    "request.acknowledge": "Báo đã nhận yêu cầu",
    "request.done": "Thực hiện yêu cầu",
    "request.extend": "Kéo dài hạn trả lời",
    "request.refuse": "Từ chối yêu cầu",
    "result.invalidate": "Hủy kết quả",
    "result.restore": "Khôi phục kết quả",
    "story.publish": "Duyệt bài chia sẻ",
    "story.refuse": "Từ chối bài chia sẻ",
    "unit.change": "Đổi đơn vị",
    **{f"request.{kind}": f"Gửi yêu cầu: {words}" for kind, words in KINDS.items()},
}
_READ: Mapping[str, Callable[[Any], str]] = {
    "phone": shown_phone,
    "guardian_phone": shown_phone,
    "citizen_last_four": masked_citizen_number,
    "time_used": duration,
    "receipt": shown_code,
    "code": shown_code,
    "action": lambda action: _ACTIONS.get(action.partition(" ")[0], "Việc khác"),
    "by": _TEXTS.__getitem__,
    "side": _TEXTS.__getitem__,
}


def shown(name: str, value: Any) -> str:
    """One value as people read it."""
    match value:
        case None | "":
            words = "–"
        case bool():
            words = "Có" if value else "Không"
        case StrEnum():
            words = _WORDS[type(value)][value]
        case datetime():
            words = moment(value)
        case date():
            words = f"{value:%d/%m/%Y}"
        case _:
            words = _READ.get(name, str)(value)
    return words
