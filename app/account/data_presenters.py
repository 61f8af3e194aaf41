"""My data as the page, the download and the list of my requests show it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.account.data_forms import KINDS
from app.account.data_words import LABELS, PARTS, PURPOSES, STATES, shown
from app.models import Consent, DataRequest, Purpose, RequestState
from app.services.data_requests import OPEN
from app.services.my_data import Data
from app.web.formatters import day, moment


def tables(data: Data, *, only: Sequence[str] = tuple(PARTS), newest: int | None = None) -> list[dict[str, Any]]:
    """Parts that have rows as {name, columns, rows, more}: at most `newest` rows of each, `more` more are left."""
    made = []
    for part in only:
        rows = list(data[part])
        if rows:
            cut = rows if newest is None else rows[-newest:][::-1]
            columns = [{"label": LABELS[name]} for name in rows[0]]
            cells = [[shown(name, value) for name, value in row.items()] for row in cut]
            made.append({"name": PARTS[part], "columns": columns, "rows": cells, "more": len(rows) - len(cut)})
    return made


def as_json(data: Data, *, contest: str, now: datetime) -> str:
    """The download for programs: names of parts and columns as in the database, times in UTC as ISO 8601."""

    def plain(value: object) -> str:
        if isinstance(value, datetime | date):
            return value.isoformat()
        raise TypeError(type(value).__name__)

    content = {"contest": contest, "made_at": now, **data}
    return json.dumps(content, ensure_ascii=False, indent=2, default=plain)


def consent_rows(current: Mapping[Purpose, Consent], *, minor: bool, here: bool) -> list[dict[str, Any]]:
    """One row a purpose as {purpose, label, given, since, action, note}; `action` is `give`, `withdraw` or None.

    `here` says that they are this contest's: to an earlier one nobody agrees any more.
    """
    rows = []
    for purpose, label in PURPOSES.items():
        consent = current.get(purpose)
        if consent is None and (purpose in (Purpose.GUARDIAN, Purpose.CONTEST) or not _is_asked(purpose, minor=minor)):
            continue
        since = f"Từ {moment(consent.given_at)}, phiên bản {consent.text_version}" if consent else ""
        rows.append(
            {
                "purpose": purpose.value,
                "label": label,
                "given": consent is not None,
                "since": f"{since}, {shown('channel', consent.channel).lower()}." if consent else "",
                "action": _action(purpose, given=consent is not None, here=here),
                "note": _note(purpose, minor=minor),
            }
        )
    return rows


def _is_asked(purpose: Purpose, *, minor: bool) -> bool:
    return minor or purpose is not Purpose.GUARDIAN_PUBLIC


def _action(purpose: Purpose, *, given: bool, here: bool) -> str | None:
    if purpose in (Purpose.CONTEST, Purpose.GUARDIAN):
        return None  # without it nobody takes part: that is asking to be deleted
    if not given and (purpose is Purpose.GUARDIAN_PUBLIC or not here):
        return None  # the guardian agrees, not the one who holds the phone
    return "withdraw" if given else "give"


def _note(purpose: Purpose, *, minor: bool) -> str:
    if minor and purpose in (Purpose.BOARDS, Purpose.STORY):
        return "Với người dưới 16 tuổi, chỉ công khai khi cả cha, mẹ hoặc người giám hộ cũng đồng ý."
    if purpose is Purpose.GUARDIAN_PUBLIC:
        return "Muốn cho phép, cha, mẹ hoặc người giám hộ hãy đến UBND phường, xã nơi bạn ở."
    return ""


def request_rows(requests: Sequence[DataRequest]) -> list[dict[str, Any]]:
    """What was asked as {title, state, kind, lines}; `kind` is the tag's colour."""
    return [
        {
            "title": KINDS[request.kind],
            "state": STATES[request.state][0],
            "kind": STATES[request.state][1],
            "lines": list(_lines(request)),
        }
        for request in requests
    ]


def _lines(request: DataRequest) -> list[str]:
    lines = [f"Gửi lúc {moment(request.created_at)}."]
    last = day(request.due_at - datetime.resolution)
    if request.state is RequestState.NEW:
        lines.append(f"Ban Tổ chức báo đã nhận chậm nhất hết ngày {day(request.acknowledge_by - datetime.resolution)}.")
    if request.state in OPEN:
        lines.append(f"Trả lời chậm nhất hết ngày {last}.")
    if request.extension_reason:
        lines.append(f"Hạn đã được kéo dài một lần: {request.extension_reason}")
    if request.done_at:
        lines.append(f"Trả lời lúc {moment(request.done_at)}{': ' if request.answer else '.'}{request.answer}")
    return lines
