"""The final result as the annex of a decision: awards first, then as many lines as asked. Printed by xhtml2pdf."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.models import Award, FinalLine, FinalResult
from app.rules.amounts import full_duration, number
from app.services.catalogue import Catalogue, RoundInfo
from app.services.final_result import NAMELESS, counted_attempt

MOST_LINES = 500  # of a table that xhtml2pdf lays out: 10 ms each; all of them are in the XLSX
_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class Annex:
    """What is printed, already in words."""

    contest: str
    issuer: str
    place: str
    round_name: str
    stands_at: str
    people: str
    awards: Sequence[tuple[str, str, str]]  # level, name, figure
    lines: Sequence[tuple[str, str, str, str, str, str]]  # place, name, unit, right, time, moment
    signed_on: str
    signed_by: str
    signed_title: str


def annex_of(
    *,
    final: FinalResult,
    board: RoundInfo,
    lines: Sequence[FinalLine],
    awards: Sequence[Award],
    taken_out: Mapping[int, object],
    catalogue: Catalogue,
) -> Annex:
    """The annex of a result; what was taken out afterwards is marked beside its award and its line."""
    rules, zone = catalogue.rules.certificate, catalogue.rules.zone

    def day(moment: datetime) -> str:
        at = moment.astimezone(zone)
        return f"ngày {at.day:02d} tháng {at.month:02d} năm {at.year}"

    return Annex(
        contest=catalogue.name,
        issuer=rules.issuer,
        place=rules.place,
        round_name=board.name,
        stands_at=f"{final.computed_at.astimezone(zone):%Hh%M} {day(final.computed_at)}",
        people=number(final.people),
        awards=[(award.level, _marked(award.name, award.entry_id in taken_out), award.figure) for award in awards],
        lines=[_line(line, final, catalogue, is_out=line.entry_id in taken_out) for line in lines],
        signed_on=day(final.signed_at) if final.signed_at else "",
        signed_by=final.signed_by,
        signed_title=final.signed_title,
    )


def _line(
    line: FinalLine, final: FinalResult, catalogue: Catalogue, *, is_out: bool
) -> tuple[str, str, str, str, str, str]:
    attempt = counted_attempt(line, final)
    return (
        str(line.place),
        _marked(line.full_name or NAMELESS, is_out),
        line.unit_name,
        f"{line.correct}/{final.questions}",
        full_duration(line.time_used) + ("" if attempt is None else f"; thứ tự lượt thi {attempt}"),
        f"{line.submitted_at.astimezone(catalogue.rules.zone):%H:%M:%S %d/%m/%Y}",
    )


def _marked(name: str, is_out: bool) -> str:
    return f"{name} (đã hủy sau khi tính)" if is_out else name


def annex_pdf(annex: Annex) -> bytes:
    """The PDF; one at a time in a process. Raises certificate_pdf.Unprintable and NotPrinted."""
    from app.services.certificate_press import (  # noqa: PLC0415  30 MB, 0.25 s: only for those who print
        pdf_of,
        refuse_unprintable,
        templates,
    )

    with _turn:
        texts = (annex.contest, annex.issuer, annex.place, annex.round_name, annex.signed_by, annex.signed_title)
        refuse_unprintable((*texts, *(text for row in (*annex.awards, *annex.lines) for text in row)))
        return pdf_of(templates().get_template("pdf/annex.html").render(annex=annex))
