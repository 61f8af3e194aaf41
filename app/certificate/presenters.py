"""What the certificate still asks for, in words."""

from typing import Any

from flask import url_for

from app.models import StoryState
from app.rules.contest import Step
from app.services.catalogue import Catalogue
from app.services.certify import Progress


def asked(contest: Catalogue, progress: Progress) -> list[dict[str, Any]]:
    """The steps that the certificate requires, for components/step_road: the first that is missing is the next."""
    missing = progress.missing(contest)
    words = {
        Step.LESSONS: ("Học xong các bài", url_for("learning.topics"), _lessons(contest, progress), "Học tiếp"),
        Step.EXAM: ("Làm bài thi", url_for("exam.intro"), _exam(contest, progress), "Vào phòng thi"),
        Step.STORY: ("Gửi chia sẻ lan tỏa", url_for("sharing.mine"), _story(progress), "Gửi chia sẻ"),
    }
    steps = []
    for number, step in enumerate(contest.rules.certificate.requires, 1):
        title, href, hint, action = words[step]
        state = "done" if step not in missing else "next" if step is missing[0] else "waiting"
        steps.append(
            {
                "number": number,
                "title": title,
                "state": state,
                "href": href,
                "hint": hint if step in missing else None,
                "action": action,
            }
        )
    return steps


def _lessons(contest: Catalogue, progress: Progress) -> str:
    left = len(contest.lesson_ids - progress.lessons_read)
    return f"Còn {left} bài học chưa xong."


def _exam(contest: Catalogue, progress: Progress) -> str:
    least, questions = contest.rules.certificate.min_correct, contest.rules.exam.questions
    need = f"Cần đúng ít nhất {least}/{questions} câu." if least else ""
    if progress.best_correct is None:
        return f"Bạn chưa có bài thi nào được chấm. {need}".strip()
    return f"{need} Kết quả cao nhất của bạn là {progress.best_correct}/{questions}."


def _story(progress: Progress) -> str:
    if progress.story is StoryState.REFUSED:
        return "Bài của bạn chưa được duyệt. Xem lý do, sửa lại rồi gửi lần nữa."
    return "Gửi một khẩu hiệu, một thông điệp hoặc một câu chuyện thật."
