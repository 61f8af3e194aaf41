"""Words of the desk, derived from what the services tell."""

from typing import Any

from flask import url_for

from app.models import AttemptState, Certificate, Entry, Story, StoryState
from app.rules.contest import StoryKind
from app.services.catalogue import Catalogue
from app.services.certify import Progress
from app.services.codes import shown_code
from app.services.my_attempts import MyAttempt
from app.web.formatters import duration, moment

_KINDS = {StoryKind.SLOGAN: "Khẩu hiệu", StoryKind.MESSAGE: "Thông điệp", StoryKind.STORY: "Câu chuyện thật"}
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


def waiting_story(story: Story) -> dict[str, Any]:
    """A story as the decider reads it: whole text, author, unit, and whether the author lets it be published."""
    return {
        "id": story.id,
        "kind": _KINDS[story.kind],
        "lines": [line for line in story.body.splitlines() if line.strip()],
        "author": story.entry.account.full_name,
        "entry_id": story.entry_id,
        "unit": story.entry.unit.full_name,
        "on_wall": story.on_wall,
        "shows_name": story.entry.on_boards,
        "told_at": story.told_at,
    }


def decided_words(story: Story) -> str:
    """What became of a story that somebody has decided."""
    verdict = "được duyệt" if story.state is StoryState.PUBLISHED else "bị từ chối"
    when = f" lúc {moment(story.decided_at)}" if story.decided_at else ""
    return f"Bài này đã {verdict}{when}. Lần bấm của bạn không thay đổi gì."


def steps(
    contest: Catalogue, progress: Progress, story: Story | None, certificate: Certificate | None
) -> list[dict[str, Any]]:
    """The four steps after registering: {label, kind, state, note, link} with the kinds of components/tag.html."""
    total, read = len(contest.lesson_ids), len(contest.lesson_ids & progress.lessons_read)
    best = progress.best_correct
    learnt = {"label": "Học", "note": f"{read}/{total} bài", "link": None} | _state(done=read == total, begun=read > 0)
    sat = {"label": "Thi", "link": None} | _state(done=best is not None, begun=False)
    sat["note"] = (
        "" if best is None else f"{progress.attempts} lượt, cao nhất {best}/{contest.rules.exam.questions} câu đúng"
    )
    return [learnt, sat, _story_step(story), _certificate_step(certificate)]


def _state(*, done: bool, begun: bool) -> dict[str, str]:
    if done:
        return {"kind": "done", "state": "Đã xong"}
    return {"kind": "wait", "state": "Đang làm"} if begun else {"kind": "info", "state": "Chưa làm"}


def _story_step(story: Story | None) -> dict[str, Any]:
    step: dict[str, Any] = {"label": "Bài chia sẻ", "note": "", "link": None}
    if story is None:
        return step | _state(done=False, begun=False)
    kind, state = _STORY[story.state]
    if story.state is StoryState.WAITING:
        step["link"] = ("Đến trang duyệt", url_for("organiser.stories"))
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


def person_facts(entry: Entry) -> list[tuple[str, str]]:
    """Rows of components/facts.html; the citizen number only by its last four digits."""
    return [
        ("Đơn vị", entry.unit.full_name),
        ("Số căn cước", entry.account.masked_citizen_number),
        ("Đăng ký", moment(entry.registered_at)),
        ("Tên trên bảng xếp hạng", "Hiện họ tên" if entry.on_boards else "Ẩn, ghi là “Thí sinh ẩn danh”"),
    ]


def attempt_rows(attempts: list[MyAttempt]) -> list[list[str]]:
    """Rows of components/table.html."""
    return [
        [
            f"Lượt {row.number}",
            moment(row.started_at),
            _ENDED[row.state],
            "–" if row.correct is None else f"{row.correct}/{row.questions}{' (cao nhất)' if row.best else ''}",
            "–" if row.time_used is None else duration(row.time_used),
            shown_code(row.receipt),
        ]
        for row in attempts
    ]
