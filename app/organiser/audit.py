"""The audit, as the organiser reads it."""

from typing import Any

from flask import request, url_for

from app.desk.page import asked_row, desk_page
from app.organiser import room
from app.organiser.audit_words import ACTIONS, audit_rows, typed_subject
from app.services.audit import AUDIT_PAGE, read_audit
from app.web.doors import organiser


@room.get("/quan-tri/nhat-ky")
@organiser
def audit() -> str:
    """Newest first; `viec` is a deed, `muc` the record, `nguoi` who did it, `sau` the last line of the page before."""
    asked = {name: request.args.get(name, "").strip()[:80] for name in ("viec", "muc", "nguoi")}
    found = read_audit(
        subject=typed_subject(asked["muc"]),
        actor_id=asked_row("nguoi"),
        action=asked["viec"],
        before=asked_row("sau"),
        size=AUDIT_PAGE + 1,
    )
    shown = found[:AUDIT_PAGE]
    kept: dict[str, Any] = {name: text for name, text in asked.items() if text}
    return desk_page(
        "organiser/audit.html",
        rows=audit_rows(shown),
        actions=ACTIONS,
        asked=asked,
        first=url_for("organiser.audit", **kept) if "sau" in request.args else None,
        next=url_for("organiser.audit", **kept, sau=shown[-1].id) if len(found) > AUDIT_PAGE else None,
    )
