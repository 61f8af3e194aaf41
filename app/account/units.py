"""Finding one's unit by its old or new name."""

from flask import Response, request

from app.account import room
from app.rules.names import tidy
from app.rules.unit_search import MIN_LETTERS, Choice, OldWard
from app.services.catalogue import Catalogue
from app.web.doors import public
from app.web.htmx import is_htmx, render
from app.web.portal import catalogue

_LONGEST = 80  # of a name; nobody types more
_NAMED = 4  # old wards that tell a unit from others


@room.get("/don-vi")
@public
def find_unit() -> Response:
    """Units whose old or new names are like `tim`; for htmx only what was found."""
    typed = tidy(request.args.get("tim", ""))[:_LONGEST]
    found = catalogue().unit_search.search(typed)
    response = render(
        page="account/units.html",
        part="account/_units_found.html",
        typed=typed,
        too_short=0 < len(typed) < MIN_LETTERS,
        choices=[choice_words(catalogue(), choice) for choice in found.choices],
        split=any(ward.is_split for choice in found.choices for ward in choice.asked),
        more=found.more,
        in_place=is_htmx(),
    )
    response.vary.add("Cookie")  # the size of type
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def choice_words(contest: Catalogue, choice: Choice) -> dict[str, str]:
    """A choice as {code, name, hint}; the hint names the old wards that were typed, else some of those in it."""
    wards = choice.asked or contest.unit_search.old_wards_of.get(choice.code, ())
    named = [_ward_words(ward, with_district=bool(choice.asked)) for ward in wards[:_NAMED]]
    left = f" và {len(wards) - _NAMED} nơi nữa" if len(wards) > _NAMED else ""
    hint = f"Nơi cũ: {', '.join(named)}{left}" if named else ""
    return {"code": choice.code, "name": contest.units_by_code[choice.code].full_name, "hint": hint}


def _ward_words(ward: OldWard, *, with_district: bool) -> str:
    district = f" ({ward.district})" if with_district and ward.district not in ("", ward.name) else ""
    return f"{'một phần ' if ward.is_split else ''}{ward.name}{district}"
