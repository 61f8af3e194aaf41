"""My page: the six steps as a road that always says the next one."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from app.models import StoryState
from app.rules.contest import Gate, Step
from app.services.catalogue import Catalogue, UnitInfo
from app.services.certify import Progress
from app.services.claims import Side

_MISSING = {Step.LESSONS: "học xong các bài", Step.EXAM: "làm bài thi", Step.STORY: "gửi bài chia sẻ"}
_STORY = {
    StoryState.WAITING: "Đã gửi, đang chờ Ban Tổ chức đọc.",
    StoryState.PUBLISHED: "Bài của bạn đã được duyệt.",
    StoryState.REFUSED: "Bài chưa được duyệt. Xem lý do, sửa lại rồi gửi lần nữa.",
}


_CLAIMS = {
    Side.HOLDER: (
        "Cần xác nhận số căn cước của bạn",
        "Có người báo số căn cước này là của họ. Mang thẻ đến {office} để xác nhận. Bạn vẫn học và thi bình thường;"
        " giải thưởng được xét sau khi xác nhận xong.",
    ),
    Side.CLAIMANT: (
        "Cần xác nhận số căn cước của bạn",
        "Số căn cước bạn nhập đang ở một tài khoản khác. Mang thẻ đến {office}: cán bộ xem thẻ rồi chuyển số cho bạn."
        " Bạn vẫn học và thi bình thường; giải thưởng được xét sau khi xác nhận xong.",
    ),
    Side.WITHOUT: (
        "Tài khoản này chưa có số căn cước",
        "Cán bộ đã xem thẻ, và số trước đây là của người khác. Mang thẻ của bạn đến {office} để ghi số của mình."
        " Bạn vẫn học và thi bình thường; chưa có số thì chưa xét giải được.",
    ),
}


def claim_words(side: Side | None, unit: UnitInfo) -> dict[str, str] | None:
    """What a person is told about a claim, as {title, words}; nobody is named."""
    if side is None:
        return None
    title, words = _CLAIMS[side]
    return {"title": title, "words": words.format(office=f"UBND {unit.full_name}")}


def road(contest: Catalogue, progress: Progress, *, sitting: bool) -> list[dict[str, Any]]:
    """Six steps of {number, title, state, href, hint, action}; the first that is not done is the next.

    Who is `sitting` an exam goes back to it before anything else: its clock runs.
    """
    total, read = len(contest.lesson_ids), len(contest.lesson_ids & progress.lessons_read)
    learnt, missing = read == total, progress.missing(contest)
    open_to_exam = learnt or contest.rules.exam.gate is Gate.NONE
    questions = contest.rules.exam.questions
    best = progress.best_correct
    steps = [
        (True, "Xem cuộc thi", url_for("home.rules"), "Bạn đã biết thể lệ; đọc lại lúc nào cũng được.", ""),
        (True, "Đăng ký tài khoản", None, "Tài khoản của bạn đã sẵn sàng.", ""),
        (
            learnt,
            "Học các chuyên đề",
            url_for("learning.topics"),
            f"Đã học {read}/{total} bài.",
            "Học tiếp" if read else "Bắt đầu học",
        ),
        (
            best is not None and not sitting,
            "Làm bài thi",
            url_for("exam.intro") if open_to_exam or sitting else None,
            "Bạn đang có một lượt thi làm dở. Đồng hồ vẫn chạy."
            if sitting
            else _exam_hint(best, questions, progress.attempts, open_to_exam, total - read),
            "Làm tiếp" if sitting else "Vào phòng thi",
        ),
        (
            progress.story in (StoryState.WAITING, StoryState.PUBLISHED),
            "Lan tỏa",
            url_for("sharing.mine"),
            _STORY[progress.story] if progress.story else "Gửi một khẩu hiệu, một thông điệp hoặc một câu chuyện thật.",
            "Gửi chia sẻ",
        ),
        (
            progress.certified is True,
            "Nhận giấy chứng nhận",
            url_for("certificate.mine"),
            _certificate_hint(progress, missing),
            "Xem lý do" if progress.certified is False else "Nhận giấy chứng nhận",
        ),
    ]
    following = next((i for i, step in enumerate(steps) if not step[0]), len(steps))
    return [
        {
            "number": number,
            "title": title,
            "state": "done" if done else "next" if number - 1 == following else "waiting",
            "href": href,
            "hint": hint,
            "action": action,
        }
        for number, (done, title, href, hint, action) in enumerate(steps, 1)
    ]


def _certificate_hint(progress: Progress, missing: Sequence[Step]) -> str:
    if progress.certified:
        return "Giấy đã sẵn sàng để tải về."
    if progress.certified is False:
        return "Giấy của bạn không còn hiệu lực."
    return f"Còn cần: {', '.join(_MISSING[step] for step in missing)}." if missing else "Bạn đã đủ điều kiện."


def _exam_hint(best: int | None, questions: int, attempts: int, open_to_exam: bool, lessons_left: int) -> str:
    if best is not None:
        return f"Kết quả cao nhất: {best}/{questions} câu đúng, sau {attempts} lượt. Thi lại được để đạt cao hơn."
    if not open_to_exam:
        return f"Phòng thi mở khi bạn học xong {lessons_left} bài còn lại."
    return f"{questions} câu hỏi ngẫu nhiên, có tính giờ."
