"""The final result at the organiser's desk: how it stands, what is proposed, its files. Signing is a command."""

from typing import Any

from flask import Response, abort, make_response, request

from app.desk.files import sheet
from app.desk.page import desk_page
from app.extensions import db, reading
from app.models import FinalResult
from app.organiser import room
from app.organiser.presenters import proposal_rows
from app.services.annex_pdf import MOST_LINES, annex_of, annex_pdf
from app.services.audit import record
from app.services.catalogue import RoundInfo
from app.services.certificate_pdf import Unprintable
from app.services.final_files import file_name, write_final
from app.services.final_result import awards_of, find_final, lines_of, taken_out
from app.services.prizes import names_of, propose_prizes
from app.services.spreadsheets import FileKind
from app.web.doors import organiser
from app.web.portal import catalogue, now
from app.web.sign_in import me

_FIRST_LINES = 20
_PLACE = "/quan-tri/ket-qua/<int(max=999):number>/chung-cuoc"


def _board(number: int) -> RoundInfo:
    return catalogue().board(number) or abort(404)


def _final(board: RoundInfo) -> FinalResult:
    return find_final(round_id=board.id) or abort(404)


@room.get(_PLACE)
@organiser
def final(number: int) -> str:
    """Computed and signed when, the awards or what is proposed, the first lines."""
    return _page(_board(number))


def _page(board: RoundInfo, *, letters: str = "") -> str:
    made, contest = find_final(round_id=board.id), catalogue()
    shown: dict[str, Any] = {"lines": [], "awards": [], "proposals": [], "taken_out": {}}
    if made is not None:
        shown["lines"] = list(lines_of(final=made, most=_FIRST_LINES))
        shown["taken_out"] = taken_out(final=made)
        if made.signed_at is not None:
            shown["awards"] = awards_of(final=made)
        else:
            proposals = propose_prizes(final=made, board=board, catalogue=contest, now=now())
            names = names_of(final=made, proposals=proposals, catalogue=contest)
            shown["proposals"] = proposal_rows(proposals, names, contest)
    return desk_page(
        "organiser/final.html", board=board, final=made, most=MOST_LINES, letters=letters, as_of=now(), **shown
    )


@room.post(f"{_PLACE}/xlsx")
@organiser
def final_workbook(number: int) -> Response:
    """All lines; recorded first."""
    board = _board(number)
    _note(_final(board), "xlsx")
    return sheet(
        lambda file: write_final(file, final=_final(board), catalogue=catalogue()),
        kind=FileKind.XLSX,
        name=file_name(board=board, catalogue=catalogue(), kind="xlsx"),
    )


@room.post(f"{_PLACE}/pdf")
@organiser
def final_annex(number: int) -> Response:
    """The annex of a decision with as many lines as asked."""
    board, contest = _board(number), catalogue()
    most = max(0, min(request.form.get("lines", 0, type=int), MOST_LINES))
    _note(_final(board), f"pdf, {most} dòng")
    with reading():
        made = _final(board)
        lines = list(lines_of(final=made, most=most)) if most else []
        annex = annex_of(
            final=made,
            board=board,
            lines=lines,
            awards=awards_of(final=made),
            taken_out=taken_out(final=made),
            catalogue=contest,
        )
        try:
            paper = annex_pdf(annex)
        except Unprintable as fault:
            return make_response(_page(board, letters=fault.letters), 409)
    response = Response(paper, mimetype="application/pdf")
    name = file_name(board=board, catalogue=contest, kind="pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _note(made: FinalResult, what: str) -> None:
    subject = f"round:{made.round_id}"
    record(actor_id=me().account_id, action="final.download", subject=subject, reason=what, now=now())
    db.session.commit()
