"""People who have gone the six steps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.extensions import db
from app.models import Attempt, Certificate, Entry, Story
from app.services.catalogue import Catalogue
from app.services.certify import certify
from app.services.keyring import Keyring
from tests.support.claims import bare_claim
from tests.support.codes import bare_code
from tests.support.people import learn_all, make_contestant, sit
from tests.support.stories import make_story

# Of whom everything is known, so that it can be looked for.
NAME, NUMBER, PHONE = "Quách Thị Xóa Sạch", "000987654321", "+84909876543"
GUARDIAN, GUARDIAN_PHONE = "Quách Văn Giám Hộ", "+84909876544"


@dataclass(frozen=True)
class Finished:
    """What the steps left."""

    attempt: Attempt
    story: Story
    certificate: Certificate


def finish(entry: Entry, contest: Catalogue, *, now: datetime, story: str = "Học số để sống vui") -> Finished:
    """Learn everything, sit for three minutes until now, tell, be certified. Commits."""
    learn_all(entry, contest, now=now)
    attempt = sit(entry, contest, started=now - timedelta(minutes=3), ended=now)
    told = make_story(entry, contest, now=now, body=story)
    certificate = certify(entry_id=entry.id, catalogue=contest, now=now)
    db.session.commit()
    return Finished(attempt, told, certificate)


def make_known(contest: Catalogue, keys: Keyring, *, now: datetime) -> tuple[Entry, Finished]:
    """NAME with her GUARDIAN and all her steps; somebody claims her NUMBER, a code went to her PHONE. Commits."""
    entry = make_contestant(contest, now=now - timedelta(hours=2), name=NAME)
    account = entry.account
    account.citizen_index, account.citizen_cipher = keys.citizen_index(NUMBER), keys.seal(NUMBER)
    account.citizen_last_four, account.phone = NUMBER[-4:], PHONE
    entry.guardian_name, entry.guardian_phone = GUARDIAN, GUARDIAN_PHONE
    done = finish(entry, contest, now=now, story=f"Tôi là {NAME} và kể chuyện học số")
    bare_claim(NUMBER, claimant=make_contestant(contest, now=now), holder_id=account.id, keys=keys, now=now)
    db.session.add(bare_code(account.id, phone_mark=keys.mark("phone", PHONE), at=now))
    db.session.commit()
    return entry, done
