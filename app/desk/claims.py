"""Claims: comparing both sides with the card, and deciding."""

from flask import abort, redirect, url_for

from app.desk.forms import ClaimForm
from app.desk.page import desk_page, my_reach
from app.desk.presenters import claim_rows, claim_sides
from app.extensions import db
from app.services.claims import AlreadyDecided, HasNumber, decide_claim
from app.services.desk_claims import DeskClaim, find_claim, is_claimed_number, open_claims
from app.web.doors import Page
from app.web.portal import keyring, now
from app.web.sign_in import me


def claims() -> str:
    """Those that wait."""
    return desk_page("desk/claims.html", rows=claim_rows(open_claims(reach=my_reach())))


def _reached(claim_id: int) -> DeskClaim:
    return find_claim(claim_id=claim_id, reach=my_reach()) or abort(404)


def claim(claim_id: int) -> str:
    """Both sides beside each other."""
    return _page(_reached(claim_id), ClaimForm(formdata=None))


def decide(claim_id: int) -> Page:
    """Move the number or leave it; to move it, the number read from the card must be the one that is claimed."""
    found, form = _reached(claim_id), ClaimForm()
    if not form.filled_in():
        return _page(found, form), 422
    if form.moves and not is_claimed_number(found.claim, form.card or "", keyring()):
        form.card_number.errors = ["Số trên thẻ khác số đang báo trùng, nên không chuyển được. Đọc lại thẻ."]
        return _page(found, form), 422
    try:
        decide_claim(
            claim_id=claim_id,
            move=form.moves,
            reason=form.reason.data or "",
            actor_id=me().account_id,
            keyring=keyring(),
            now=now(),
        )
    except AlreadyDecided:
        db.session.rollback()
        return _page(_reached(claim_id), form), 409
    except HasNumber:
        db.session.rollback()
        form.form_errors.append("Người báo đã có số căn cước khác trong tài khoản. Chọn “Giữ nguyên”.")
        return _page(_reached(claim_id), form), 422
    db.session.commit()
    return redirect(url_for(".claim", claim_id=claim_id), 303)


def _page(found: DeskClaim, form: ClaimForm) -> str:
    reach = my_reach()
    return desk_page("desk/claim.html", found=found, form=form, sides=claim_sides(found, reach))
