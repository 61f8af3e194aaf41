"""The form of who has an account from an earlier contest."""

from typing import Any

from app.account.register_form import OF_AGE, RegisterForm
from app.models import Entry
from app.rules import numbers
from app.services.catalogue import Catalogue

_STAYS = ("full_name", "phone", "citizen_id", "citizen_checked", "password", "claim")


class EnterForm(RegisterForm):
    """What registration asks, without what the account knows already. Nothing that was agreed to before is ticked."""

    def __init__(self, contest: Catalogue, *, this_year: int, number: str | None, **values: Any) -> None:
        """`number` is the account's; who has none tells in a word whether a guardian has to answer."""
        self.number = number
        super().__init__(contest, this_year=this_year, **values)
        for name in _STAYS:
            del self[name]

    def _age(self) -> int:
        return numbers.age_this_year(self.number, this_year=self.this_year) if self.number else OF_AGE


def from_last(last: Entry, contest: Catalogue, *, unit: str | None) -> dict[str, Any]:
    """What the form begins with: where the person took part last, where that unit still exists, and the guardian.

    `unit` is the code of another one that was chosen just now.
    """
    known = last.unit.code if last.unit.code in contest.units_by_code else None
    phone = numbers.shown_phone(last.guardian_phone) if last.guardian_phone else None
    return {"unit": unit or known, "guardian_name": last.guardian_name, "guardian_phone": phone}
