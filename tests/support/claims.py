"""Claims: somebody says that a number is theirs."""

from datetime import datetime

from app.extensions import db
from app.models import Claim, Entry
from app.services.catalogue import Catalogue
from app.services.claims import open_claim
from app.services.keyring import Keyring
from app.web.portal import keyring
from tests.support.numbers import unsealed
from tests.support.people import make_contestant


def make_claim(holder: Entry, contest: Catalogue, *, now: datetime, unit: int = 0, name: str = "Lý Thị Báo") -> Claim:
    """Somebody without a number of her own says that this person's is hers. Commits."""
    number, claimant = unsealed(holder.account), make_contestant(contest, now=now, name=name, unit=unit)
    theirs = claimant.account
    theirs.citizen_index, theirs.citizen_cipher, theirs.citizen_last_four = None, None, None
    claim = open_claim(claimant=claimant, holder_id=holder.account_id, number=number, keyring=keyring(), now=now)
    db.session.commit()
    return claim


def bare_claim(number: str, *, claimant: Entry, holder_id: int, keys: Keyring, now: datetime) -> Claim:
    """The row alone, whatever the two have; to be committed."""
    claim = Claim(
        contest_id=claimant.contest_id,
        claimant_id=claimant.account_id,
        holder_id=holder_id,
        unit_id=claimant.unit_id,
        citizen_index=keys.citizen_index(number),
        citizen_cipher=keys.seal(number),
        citizen_last_four=number[-4:],
        created_at=now,
    )
    db.session.add(claim)
    return claim
