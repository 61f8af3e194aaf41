"""Finding contestants, and looking at one."""

from flask import abort, url_for

from app.desk.forms import SearchForm
from app.desk.page import desk_page, my_reach
from app.desk.presenters import attempt_rows, consent_rows, person_facts, steps, story_told
from app.extensions import reading
from app.models import Entry, Role
from app.services.certify import my_certificate, read_progress
from app.services.consents import current_consents
from app.services.desk_people import FOUND_AT_MOST, find_people, find_person
from app.services.my_attempts import my_attempts
from app.services.tell_story import my_story
from app.web.doors import Page
from app.web.portal import catalogue, keyring
from app.web.sign_in import me


def people() -> str:
    """Search."""
    return desk_page("desk/people.html", form=SearchForm(formdata=None), found=None, most=FOUND_AT_MOST)


def find() -> Page:
    """Results as the answer of the POST itself, which changes nothing: no number may stand in an address or a log."""
    form = SearchForm()
    if not form.validate():
        return desk_page("desk/people.html", form=form, found=None, most=FOUND_AT_MOST), 422
    with reading():
        found = find_people(text=form.text.data or "", reach=my_reach(), keyring=keyring())
        return desk_page("desk/people.html", form=form, found=found, most=FOUND_AT_MOST)


def reached_person(entry_id: int) -> Entry:
    """The contestant; of another unit's people there is a 404."""
    return find_person(entry_id=entry_id, reach=my_reach()) or abort(404)


def person(entry_id: int) -> str:
    """One contestant: who, how far, which attempts, what was agreed to."""
    entry = reached_person(entry_id)
    story, certificate = my_story(entry_id=entry_id), my_certificate(entry_id=entry_id)
    to_decide = url_for("organiser.stories") if me().role is Role.ORGANISER else None
    return desk_page(
        "desk/person.html",
        entry=entry,
        facts_rows=person_facts(entry, catalogue()),
        consents=consent_rows(current_consents(entry_id=entry_id)),
        steps=steps(catalogue(), read_progress(entry_id=entry_id), story, certificate, to_decide=to_decide),
        attempts=attempt_rows(my_attempts(entry_id=entry_id, limit=50)),
        story=story_told(story) if story else None,
    )
