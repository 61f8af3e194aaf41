"""Registering somebody else at the kiosk."""

from dataclasses import replace
from typing import Any

from app.account.register_form import RegisterForm
from app.services.catalogue import Catalogue
from app.services.register import NewContestant


class AssistForm(RegisterForm):
    """What an officer fills in for a person who stands beside: no password, for it is made and printed."""

    def __init__(self, contest: Catalogue, *, this_year: int, **values: Any) -> None:
        super().__init__(contest, this_year=this_year, **values)
        del self.password
        del self.claim

    def person_with(self, password: str) -> NewContestant:
        """What was typed, with the password that was made. Only after validate()."""
        return replace(self.person(), password=password)
