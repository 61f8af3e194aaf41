"""What the paper and the result show."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from app.models import Attempt
from app.rules.answers import answered, unpack
from app.rules.clock import seconds_left
from app.rules.contest import Reveal, RevealWhen
from app.rules.eligibility import Reason, Refusal
from app.rules.grading import Marked
from app.rules.paper import read_paper
from app.services.catalogue import Catalogue, LessonInfo, TopicInfo
from app.web.formatters import moment, time_of_day
from app.web.questions import question_html


def paper_questions(attempt: Attempt, contest: Catalogue) -> list[dict[str, Any]]:
    """Questions in paper order: number, whether it is answered, and html with the saved choices checked."""
    chosen = unpack(attempt.answers)
    return [
        {
            "number": number,
            "answered": bool(choice),
            "html": question_html(
                contest.versions[question.version_id],
                question.order,
                choice,
                number=number,
                total=len(chosen),
                name=f"q{number}",
            ),
        }
        for number, (question, choice) in enumerate(zip(read_paper(attempt.paper), chosen, strict=True), 1)
    ]


def clock_text(deadline_at: datetime, now: datetime) -> str:
    """“Còn 14 phút”, as the page shows it before any script counts."""
    left = seconds_left(deadline_at, now)
    if left >= 60:
        return f"Còn {-(-left // 60)} phút"
    return f"Còn {left} giây" if left else "Hết giờ"


def saved_text(answers: str, saved_at: datetime | None) -> str:
    """“Đã lưu 12/20 câu lúc 14:05”."""
    if saved_at is None:
        return f"Chưa có câu nào được lưu (0/{len(answers)})"
    return f"Đã lưu {answered(answers)}/{len(answers)} câu lúc {time_of_day(saved_at)}"


def refusal_text(refused: Refusal) -> str:
    """Why an exam cannot start, and when it can."""
    when = moment(refused.until) if refused.until else ""
    return {
        Reason.NOT_OPEN: f"Chưa đến giờ thi. Phòng thi mở lúc {when}.",
        Reason.CLOSED: "Thời gian thi đã hết. Kết quả của bạn vẫn xem được ở Trang của tôi.",
        Reason.PAUSED: "Ban Tổ chức đang tạm dừng các bài thi. Hãy quay lại sau ít phút; không ai bị mất thời gian.",
        Reason.LESSONS: f"Bạn còn {refused.missing} bài học chưa xong. Học xong thì phòng thi mở.",
        Reason.ATTEMPTS_USED: "Bạn đã dùng hết số lượt thi của đợt này. Kết quả cao nhất của bạn vẫn được giữ."
        + (f" Thi tiếp được từ {when}." if when else ""),
        Reason.DAY_USED: f"Bạn đã dùng hết số lượt thi của hôm nay. Thi tiếp được từ {when}.",
        Reason.COOLDOWN: f"Giữa hai lượt thi cần nghỉ một lúc. Thi tiếp được từ {when}.",
        Reason.BANK_SHORT: "Ban Tổ chức đang bổ sung câu hỏi cho đề thi. Hãy quay lại sau; bạn không mất lượt thi nào.",
    }[refused.reason]


@dataclass(frozen=True, slots=True)
class TopicResult:
    """How many questions of a topic were right, and which lessons teach what was wrong."""

    topic: TopicInfo
    right: int
    asked: int
    again: tuple[LessonInfo, ...]


def by_topic(marks: list[Marked], contest: Catalogue) -> list[TopicResult]:
    """Right and asked per topic, in order of the topics."""
    asked = Counter(contest.versions[mark.version_id].topic_id for mark in marks)
    right = Counter(contest.versions[mark.version_id].topic_id for mark in marks if mark.right)
    wrong = {contest.versions[mark.version_id].lesson_id for mark in marks if not mark.right}
    return [
        TopicResult(
            topic,
            right[topic.id],
            asked[topic.id],
            tuple(lesson for lesson in topic.lessons if lesson.id in wrong),
        )
        for topic in contest.topics
        if asked[topic.id]
    ]


def revealed(marks: list[Marked], contest: Catalogue, *, round_over: bool) -> list[dict[str, Any]]:
    """Questions that the contest's setting allows to be shown again, with or without key and explanation."""
    exam = contest.rules.exam
    if exam.reveal_when is RevealWhen.AFTER_ROUND and not round_over:
        return []
    if exam.reveal not in (Reveal.OWN_WRONG, Reveal.ALL):
        return []
    shown = []
    for number, mark in enumerate(marks, 1):
        if exam.reveal is Reveal.OWN_WRONG and mark.right:
            continue
        version = contest.versions[mark.version_id]
        with_key = exam.reveal is Reveal.ALL
        shown.append(
            {
                "number": number,
                "stem": version.stem,
                "right": mark.right,
                "voided": mark.voided,
                "chosen": [version.options[place] for place in sorted(mark.chosen)],
                "key": [version.options[place] for place in sorted(version.right)] if with_key else [],
                "explanation": version.explanation if with_key else "",
            }
        )
    return shown


def shows_topics(contest: Catalogue, *, round_over: bool) -> bool:
    """Whether the result says which topics were weak."""
    exam = contest.rules.exam
    return exam.reveal is not Reveal.NOTHING and (round_over or exam.reveal_when is RevealWhen.AT_ONCE)


def question_link(number: int, attempt_id: int) -> str:
    """Address of one question on the paper."""
    return url_for("exam.paper", attempt_id=attempt_id, _anchor=f"q{number}")
