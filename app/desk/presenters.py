"""Words of the desks about contestants, derived from what the services tell."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from markupsafe import Markup

from app.models import AttemptState, Certificate, Channel, Consent, Entry, Purpose, Story, StoryState
from app.rules.amounts import duration, number
from app.rules.numbers import grouped_citizen_number, masked_citizen_number, shown_phone
from app.services.catalogue import Catalogue
from app.services.certify import Progress
from app.services.codes import shown_code
from app.services.desk_claims import DeskClaim
from app.services.desk_people import Reach, Stage
from app.services.kiosks import ALARM_AN_HOUR, STOP_A_DAY, KioskLine
from app.services.my_attempts import MyAttempt
from app.web.formatters import moment

STAGES = {Stage.FINISHED: "Đã hoàn thành", Stage.TO_SIT: "Chưa thi", Stage.TO_LEARN: "Chưa học xong"}
_STORY = {
    StoryState.WAITING: ("wait", "Chờ duyệt"),
    StoryState.PUBLISHED: ("done", "Đã duyệt"),
    StoryState.REFUSED: ("stop", "Đã từ chối"),
}
_ENDED = {
    AttemptState.OPEN: "Đang làm",
    AttemptState.SUBMITTED: "Đã nộp",
    AttemptState.TIMED_OUT: "Hết giờ",
}
_PURPOSES = {
    Purpose.CONTEST: "Dự thi, mỗi người một tài khoản",
    Purpose.BOARDS: "Hiện tên trên bảng xếp hạng",
    Purpose.STORY: "Đăng bài chia sẻ",
    Purpose.CONTACT: "Liên hệ về sau",
    Purpose.GUARDIAN: "Người giám hộ cho dự thi",
    Purpose.GUARDIAN_PUBLIC: "Người giám hộ cho hiện tên, đăng bài",
}
_CHANNELS = {Channel.SELF: "tự đánh dấu", Channel.KIOSK: "nói với cán bộ"}


def story_told(story: Story) -> dict[str, Any]:
    """What somebody has passed on: {kind, lines, told_at, on_wall}."""
    return {
        "kind": story.kind.label,
        "lines": [line for line in story.body.splitlines() if line.strip()],
        "told_at": story.told_at,
        "on_wall": story.on_wall,
    }


def steps(
    contest: Catalogue,
    progress: Progress,
    story: Story | None,
    certificate: Certificate | None,
    *,
    to_decide: str | None,
) -> list[dict[str, Any]]:
    """The four steps after registering: {label, kind, state, note, link} with the kinds of components/tag.html.

    `to_decide` is the page on which a waiting story is decided, for whoever may.
    """
    total, read = len(contest.lesson_ids), len(contest.lesson_ids & progress.lessons_read)
    best = progress.best_correct
    learnt = {"label": "Học", "note": f"{read}/{total} bài", "link": None} | _state(done=read == total, begun=read > 0)
    sat = {"label": "Thi", "link": None} | _state(done=best is not None, begun=False)
    sat["note"] = (
        "" if best is None else f"{progress.attempts} lượt, cao nhất {best}/{contest.rules.exam.questions} câu đúng"
    )
    return [learnt, sat, _story_step(story, to_decide), _certificate_step(certificate)]


def _state(*, done: bool, begun: bool) -> dict[str, str]:
    if done:
        return {"kind": "done", "state": "Đã xong"}
    return {"kind": "wait", "state": "Đang làm"} if begun else {"kind": "info", "state": "Chưa làm"}


def _story_step(story: Story | None, to_decide: str | None) -> dict[str, Any]:
    step: dict[str, Any] = {"label": "Bài chia sẻ", "note": "", "link": None}
    if story is None:
        return step | _state(done=False, begun=False)
    kind, state = _STORY[story.state]
    if story.state is StoryState.WAITING and to_decide:
        step["link"] = ("Đến trang duyệt", to_decide)
    return step | {"kind": kind, "state": state, "note": story.reason}


def _certificate_step(certificate: Certificate | None) -> dict[str, Any]:
    step: dict[str, Any] = {"label": "Giấy chứng nhận", "note": "", "link": None}
    if certificate is None:
        return step | {"kind": "info", "state": "Chưa cấp"}
    step["note"] = f"Mã {shown_code(certificate.code)}, cấp lúc {moment(certificate.issued_at)}"
    step["link"] = ("Trang xác minh", url_for("certificate.verified", code=certificate.code))
    if certificate.revoked_at:
        return step | {"kind": "stop", "state": "Đã thu hồi"}
    return step | {"kind": "done", "state": "Đã cấp"}


def person_facts(entry: Entry, contest: Catalogue) -> list[tuple[str, str]]:
    """Rows of components/facts.html; the citizen number only by its last four digits."""
    group = next((group for group in contest.groups if group.id == entry.group_id), None)
    rows = [
        ("Số thí sinh", str(entry.id)),  # by which the operator's commands name people
        ("Số điện thoại", shown_phone(entry.account.phone)),
        ("Đơn vị", entry.unit.full_name),
        ("Tổ, thôn, cơ quan, trường", group.full_name if group else ""),
        ("Số căn cước", entry.account.masked_citizen_number or "Chưa có trong tài khoản"),
        ("Người giám hộ", entry.guardian_name or ""),
        ("Điện thoại người giám hộ", shown_phone(entry.guardian_phone) if entry.guardian_phone else ""),
        ("Đăng ký", f"{moment(entry.registered_at)}{', có cán bộ giúp' if entry.assisted_by else ''}"),
        ("Tên trên bảng xếp hạng", "Hiện họ tên" if entry.on_boards else "Ẩn, ghi là “Thí sinh ẩn danh”"),
    ]
    return [row for row in rows if row[1]]


def consent_rows(current: Mapping[Purpose, Consent]) -> list[tuple[str, str]]:
    """What the person agreed to and has not taken back, with the moment."""
    return [
        (words, f"{moment(current[purpose].given_at)}, {_CHANNELS[current[purpose].channel]}")
        for purpose, words in _PURPOSES.items()
        if purpose in current
    ]


def number_words(number: str | None) -> str:
    """`031 0 89 123456`, as it is compared with a card."""
    return grouped_citizen_number(number) if number else "Tài khoản này chưa có số căn cước."


def roll_rows(entries: Sequence[Entry]) -> list[list[Any]]:
    """Rows of components/table.html."""
    return [
        [
            link(url_for(".person", entry_id=entry.id), entry.account.full_name),
            shown_phone(entry.account.phone),
            moment(entry.registered_at),
            moment(entry.finished_at) if entry.finished_at else "–",
        ]
        for entry in entries
    ]


def claim_rows(claims: Sequence[DeskClaim]) -> list[list[Any]]:
    """Rows of components/table.html."""
    return [
        [
            link(url_for(".claim", claim_id=found.claim.id), found.claimant.account.full_name),
            found.claimant.unit.full_name,
            masked_citizen_number(found.claim.citizen_last_four),
            moment(found.claim.created_at),
        ]
        for found in claims
    ]


def claim_sides(found: DeskClaim, reach: Reach) -> list[dict[str, Any]]:
    """Both sides: {title, facts, href}; `href` leads to the person when the person is within reach."""
    sides = [("Người báo số này là của mình", found.claimant), ("Người đang giữ số này", found.holder)]
    return [
        {
            "title": title,
            "facts": _side_facts(entry),
            "href": url_for(".person", entry_id=entry.id) if entry and reach.covers(entry.unit_id) else None,
        }
        for title, entry in sides
    ]


def _side_facts(entry: Entry | None) -> list[tuple[str, str]]:
    if entry is None:
        return [("Tài khoản", "Không còn trong cuộc thi này")]
    return [
        ("Họ và tên", entry.account.full_name),
        ("Đơn vị", entry.unit.full_name),
        ("Số căn cước trong tài khoản", entry.account.masked_citizen_number or "Chưa có"),
        ("Đăng ký", moment(entry.registered_at)),
    ]


def kiosk_rows(lines: Sequence[KioskLine], contest: Catalogue) -> list[list[Any]]:
    """Rows of components/table.html."""
    return [
        [
            link(url_for(".kiosk", kiosk_id=line.kiosk.id), line.kiosk.name),
            contest.units_by_id[line.kiosk.unit_id].full_name,
            _kiosk_state(line),
            moment(line.kiosk.seen_at),
            number(line.today),
        ]
        for line in lines
    ]


def kiosk_facts(line: KioskLine, contest: Catalogue) -> list[tuple[str, str]]:
    """Rows of components/facts.html."""
    since = " kể từ lần cho đăng ký tiếp gần nhất" if line.kiosk.lifted_at else ""
    return [
        ("Đơn vị", contest.units_by_id[line.kiosk.unit_id].full_name),
        ("Trạng thái", _kiosk_state(line)),
        ("Mở lúc", moment(line.kiosk.enrolled_at)),
        ("Dùng gần nhất", moment(line.kiosk.seen_at)),
        ("Đăng ký trong một giờ qua", f"{line.hour} người; từ {ALARM_AN_HOUR} người thì báo"),
        ("Đăng ký hôm nay", f"{line.today} người{since}; đủ {STOP_A_DAY} người thì tạm dừng"),
    ]


def _kiosk_state(line: KioskLine) -> str:
    if line.kiosk.revoked_at:
        return f"Đã thu hồi lúc {moment(line.kiosk.revoked_at)}"
    return "Tạm dừng đăng ký" if line.is_stopped else "Cần xem" if line.is_alarming else "Đang dùng"


def link(href: str, words: str) -> Markup:
    """A link for a cell of a table."""
    return Markup('<a href="{}">{}</a>').format(href, words)


def attempt_rows(attempts: list[MyAttempt]) -> list[list[str]]:
    """Rows of components/table.html."""
    return [
        [
            f"Lượt {row.number}{' (cao nhất)' if row.best else ''}",
            moment(row.started_at),
            _ENDED[row.state],
            "–" if row.correct is None else f"{row.correct}/{row.questions}",
            "–" if row.time_used is None else duration(row.time_used),
            shown_code(row.receipt),
        ]
        for row in attempts
    ]
