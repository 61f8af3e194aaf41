"""What is asked for, and when it cannot be had."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from app.rules.contest import ExamRules
from app.services.demo.timeline import LEARNING, Stretch, spacing


class Refused(Exception):
    """The database cannot be filled like that; the message is for the operator. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The figures that the front page shall show, and the seed that decides everything else."""

    registered: int
    finishers: int
    attempts: int
    visits: int
    seed: int

    def chance(self, stream: str) -> Random:
        """Chance for one purpose. Streams of their own: the people of a seed stay the same when the dates move."""
        return Random(f"{self.seed}/{stream}")


def most_attempts(stretches: Sequence[Stretch], exam: ExamRules) -> int:
    """How often one person can have sat the exam until now, within the contest's limits."""
    most = max(((s.ends_at - s.opens_at - LEARNING) // spacing(exam) for s in stretches), default=0)
    return min(most, exam.attempts_per_round) if exam.attempts_per_round else most


def refuse_impossible(
    *, wanted: Wanted, units: int, visits: int, stretches: Sequence[Stretch], exam: ExamRules
) -> None:
    """Raises Refused for figures that no contest can have. `visits` were counted before."""
    most = most_attempts(stretches, exam)
    if most < 1:
        raise Refused("Cuộc thi chưa mở, hoặc mới mở chưa đủ lâu để có người học và thi xong.")
    if wanted.finishers > wanted.registered:
        raise Refused("Số người hoàn thành không được nhiều hơn số người đăng ký.")
    if wanted.finishers < units:
        raise Refused(f"Cần ít nhất {units} người hoàn thành để đơn vị nào cũng có người ({units} đơn vị).")
    if wanted.attempts < wanted.finishers:
        raise Refused("Số lượt thi không được ít hơn số người hoàn thành.")
    if wanted.attempts > wanted.finishers * most:
        raise Refused(f"Từ lúc mở đến giờ, mỗi người chỉ thi được nhiều nhất {most} lượt: hãy giảm số lượt thi.")
    if wanted.visits < visits:
        raise Refused(f"Trang đã có {visits} lượt truy cập thật: hãy yêu cầu ít nhất chừng ấy.")
