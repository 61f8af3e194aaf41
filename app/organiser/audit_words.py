"""Words of the audit's page."""

from collections.abc import Sequence

from app.models import Role
from app.services.audit import AuditLine
from app.web.formatters import moment
from app.web.portal import catalogue

# Deeds in the words of the page; one that is missing here shows as it is kept.
ACTIONS = {
    "citizen.look": "Xem số căn cước",
    "password.reset": "Cấp mật khẩu mới",
    "password.change": "Tự đổi mật khẩu",
    "password.recover": "Tự lấy lại mật khẩu",
    "person.correct": "Sửa thông tin thí sinh",
    "person.number": "Ghi lại số căn cước",
    "consent.guardian": "Ghi lời đồng ý của người giám hộ",
    "unit.change": "Tự đổi đơn vị",
    "claim.move": "Chuyển số căn cước",
    "claim.refuse": "Không chuyển số căn cước",
    "export": "Tải danh sách đơn vị",
    "results.download": "Tải kết quả",
    "result.invalidate": "Hủy kết quả",
    "result.restore": "Khôi phục kết quả",
    "boards.unfreeze": "Mở bảng xếp hạng",
    "final.compute": "Tính kết quả chung cuộc",
    "final.sign": "Ký kết quả chung cuộc",
    "final.download": "Tải kết quả chung cuộc",
    "request.copy": "Xin bản sao dữ liệu",
    "request.correct": "Xin sửa dữ liệu",
    "request.withdraw": "Xin rút lại đồng ý",
    "request.restrict": "Xin hạn chế dùng dữ liệu",
    "request.delete": "Xin xóa dữ liệu",
    "request.acknowledge": "Báo đã nhận yêu cầu",
    "request.extend": "Kéo dài hạn yêu cầu",
    "request.done": "Làm xong yêu cầu",
    "request.refuse": "Không làm theo yêu cầu",
    "person.delete": "Xóa dữ liệu thí sinh",
    "privacy.purge": "Dọn dữ liệu hết hạn giữ",
    "keys.begin": "Bắt đầu thay khóa",
    "keys.finish": "Thay khóa xong",
    "story.publish": "Duyệt bài chia sẻ",
    "story.refuse": "Từ chối bài chia sẻ",
    "exam.extra_time": "Cho thêm phút",
    "exam.pause": "Tạm dừng thi",
    "exam.resume": "Cho thi tiếp",
    "round.extend": "Kéo dài đợt thi",
    "question.void": "Hủy câu hỏi",
    "staff.add": "Thêm tài khoản bàn làm việc",
    "staff.role": "Đổi vai trò",
    "staff.unit_add": "Giao đơn vị",
    "staff.unit_remove": "Thôi giao đơn vị",
    "staff.disable": "Khóa tài khoản",
    "staff.reset_factor": "Đặt lại xác thực",
    "second_factor.set": "Thiết lập xác thực",
    "kiosk.code": "Tạo mã mở kiosk",
    "kiosk.enrol": "Mở kiosk",
    "kiosk.lift": "Cho kiosk đăng ký tiếp",
    "kiosk.revoke": "Thu hồi kiosk",
    "kiosk.register": "Đăng ký giúp ở kiosk",
    "kiosk.handover": "Hiện mã chuyển sang điện thoại",
    "kiosk.handover_taken": "Chuyển sang điện thoại",
    "sms.resume": "Gửi mã trở lại",
    "demo.fill": "Điền dữ liệu minh họa",
}
_SUBJECTS = {
    "account": "tài khoản",
    "entry": "lượt dự thi",
    "attempt": "lượt thi",
    "story": "bài chia sẻ",
    "claim": "báo trùng",
    "round": "đợt thi",
    "contest": "cuộc thi",
    "unit": "đơn vị",
    "question": "câu hỏi",
    "certificate": "giấy chứng nhận",
    "request": "yêu cầu",
    "key": "khóa",
    "sms": "tin nhắn",
    "kiosk": "kiosk",
}
_ROLES = {Role.OFFICER: "cán bộ", Role.JUDGE: "giám khảo", Role.ORGANISER: "Ban Tổ chức"}


def audit_rows(lines: Sequence[AuditLine]) -> list[list[str]]:
    """Rows of components/table.html."""
    return [
        [moment(line.at), _actor(line), _action(line.action), _subject(line.subject), _reason(line)] for line in lines
    ]


def _actor(line: AuditLine) -> str:
    if line.actor_id is None:
        return "Người vận hành"
    return f"{line.actor or 'Tài khoản đã xóa'} (số {line.actor_id})"


def _action(action: str) -> str:
    word, _, rest = action.partition(" ")
    return " ".join(part for part in (ACTIONS.get(word, word), rest) if part)


def _reason(line: AuditLine) -> str:
    if line.action in ("staff.add", "staff.role"):
        return _ROLES[Role(line.reason)]
    return line.reason or "–"


def _subject(subject: str) -> str:
    if subject in (rounds := _rounds()):
        return rounds[subject]
    kind, _, number = subject.partition(":")
    if kind == "round":
        return f"{_SUBJECTS[kind]} của cuộc thi khác, bản ghi {number}"
    return f"{_SUBJECTS.get(kind, kind)} {number}".strip()


def _rounds() -> dict[str, str]:
    """The rounds of this contest by the number that everybody knows; the audit keeps that of the row."""
    return {
        f"round:{board.id}": f"{_SUBJECTS['round']} {board.number}" if board.number else "tổng các đợt"
        for board in catalogue().boards
    }


def typed_subject(text: str) -> str:
    """`tài khoản 17` → `account:17`, as it is shown and as it is kept; anything else as it is typed."""
    words = text.strip().lower()
    for subject, shown in _rounds().items():
        if words == shown:
            return subject
    for kind, label in _SUBJECTS.items():
        if words.startswith(f"{label} "):
            return f"{kind}:{words.removeprefix(label).strip()}"
    return text
