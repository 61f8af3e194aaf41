"""`flask exam …`: for the operator's timer, and for the bad day."""

import time

import click

from app.cli.arguments import ROW, with_reason
from app.cli.ranking import rebuild_by_other_rules, thaw_all
from app.cli.refusing import ContestGroup, refusing
from app.cli.shortages import tell_shortages
from app.cli.small_steps import in_small_steps
from app.extensions import db
from app.services import exam_times
from app.services.catalogue_reading import read_current
from app.services.exam_submit import sweep
from app.services.ladder_making import refresh_ladders
from app.services.void_question import NoSuchQuestion, Regraded, void_question
from app.web import portal

cli = ContestGroup("exam", help="Bài thi.")
_BATCH = 100


@cli.command("sweep")
def sweep_attempts() -> None:
    """Chấm những bài đã hết giờ mà chưa nộp, và việc vặt của bảng xếp hạng. Chạy mỗi phút một lần là đủ."""
    contest = portal.catalogue()
    closed = in_small_steps(lambda: sweep(catalogue=contest, now=contest.exam_time(portal.now()), limit=_BATCH))
    click.echo(f"Đã chấm {closed} bài hết giờ.")
    if shown := thaw_all(contest):
        click.echo(f"Đã đưa lên bảng {shown} kết quả giữ kín đến hết đợt.")
    refresh_ladders(catalogue=contest, now=portal.now())


@cli.command("extra-time")
@click.argument("entry_id", type=ROW)
@click.argument("minutes", type=click.IntRange(0, 600))
@with_reason
def extra_time(entry_id: int, minutes: int, reason: str) -> None:
    """Cho một thí sinh thêm phút trong mọi lượt thi, kể cả lượt đang làm."""
    with refusing({exam_times.NothingToExtend: f"Không có thí sinh số {entry_id} trong cuộc thi này."}):
        entry = exam_times.give_extra_time(
            entry_id=entry_id,
            contest_id=portal.catalogue().contest_id,
            minutes=minutes,
            reason=reason,
            actor_id=None,
            now=portal.now(),
        )
    db.session.commit()
    click.echo(f"{entry.account.full_name} có thêm {minutes} phút trong mỗi lượt thi.")


@cli.command("extend")
@click.argument("round_number", type=int)
@click.argument("minutes", type=click.IntRange(0, 100_000))
@with_reason
def extend(round_number: int, minutes: int, reason: str) -> None:
    """Kéo dài một đợt thi thêm bấy nhiêu phút so với gói cuộc thi; 0 là như cũ."""
    refusals = {
        exam_times.NothingToExtend: f"Không có đợt thi số {round_number}.",
        exam_times.ResultSigned: "Kết quả chung cuộc của đợt này hoặc của cả cuộc thi đã ký, không kéo dài được nữa.",
        exam_times.NextRoundOpens: "Đợt sau mở trước lúc ấy, mà các đợt không chồng lên nhau. Hãy chọn ít phút hơn.",
    }
    with refusing(refusals):
        exam_times.extend_round(
            contest_id=portal.catalogue().contest_id,
            number=round_number,
            minutes=minutes,
            reason=reason,
            actor_id=None,
            now=portal.now(),
        )
    db.session.commit()
    click.echo(f"Đợt thi số {round_number} kéo dài thêm {minutes} phút.")
    contest = read_current()
    if contest.frozen_at(portal.now()) is not None:
        rebuild_by_other_rules(contest)  # what stands still does so from another moment now
        click.echo("Bảng xếp hạng đã tính lại theo giờ đứng yên mới.")


@cli.command("pause")
@with_reason
def pause(reason: str) -> None:
    """Tạm dừng mọi bài thi; khi chạy tiếp, thời gian dừng được trả lại."""
    with refusing({exam_times.AlreadyPaused: "Các bài thi đang tạm dừng rồi."}):
        exam_times.pause_exams(contest_id=portal.catalogue().contest_id, reason=reason, actor_id=None, now=portal.now())
    db.session.commit()
    click.echo("Mọi bài thi đã tạm dừng. Chạy tiếp: flask exam resume")


@cli.command("resume")
def resume() -> None:
    """Cho mọi bài thi chạy tiếp."""
    with refusing({exam_times.NotPaused: "Các bài thi không tạm dừng."}):
        count = exam_times.resume_exams(contest_id=portal.catalogue().contest_id, actor_id=None, now=portal.now())
    db.session.commit()
    click.echo(f"Đã chạy tiếp; {count} bài đang làm được trả lại thời gian dừng.")


@cli.command("void")
@click.argument("ref")
@with_reason
def void(ref: str, reason: str) -> None:
    """Hủy một câu hỏi: tính là đúng cho mọi người, chấm lại mọi bài có câu đó."""
    with refusing({NoSuchQuestion: f"Không có câu hỏi {ref}."}):
        regraded = _void(ref, reason)
        db.session.commit()
        # Who handed in meanwhile was graded by what that process knew: once more, when every process knows.
        time.sleep(2 * portal.portal().catalogues.every)
        late = _void(ref, reason)
        db.session.commit()
    changed = regraded.changed + late.changed
    click.echo(f"Đã hủy câu {ref}: {late.attempts} bài có câu này, {changed} bài đổi số câu đúng.")
    tell_shortages(portal.catalogue())


def _void(ref: str, reason: str) -> Regraded:
    contest = portal.catalogue()
    return void_question(
        ref=ref, contest_id=contest.contest_id, reason=reason, actor_id=None, catalogue=contest, now=portal.now()
    )
