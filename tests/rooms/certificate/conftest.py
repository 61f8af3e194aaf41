"""A certificate that was issued, and its owner."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.extensions import db
from app.models import Account, Certificate
from app.services.catalogue import Catalogue
from tests.support.people import make_contestant


@dataclass(frozen=True)
class Issued:
    """What a test needs to know of it; `app` to look again."""

    app: Flask
    id: int
    code: str
    owner: Account

    @property
    def grouped(self) -> str:
        """As printed."""
        return f"{self.code[:4]}-{self.code[4:8]}-{self.code[8:]}"

    def change(self, **values: object) -> None:
        """Write columns. Commits."""
        with self.app.app_context():
            row = db.session.get_one(Certificate, self.id)
            for name, value in values.items():
                setattr(row, name, value)
            db.session.commit()


@pytest.fixture
def issued(app: Flask, contest: Catalogue) -> Issued:
    """Given to Nguyễn Thị Hồng Ánh at noon UTC on 2/11/2025."""
    with app.app_context():
        entry = make_contestant(contest, now=datetime.now(UTC), name="Nguyễn Thị Hồng Ánh")
        row = Certificate(
            entry_id=entry.id,
            code="7K3F9QXM2ABC",
            full_name=entry.account.full_name,
            unit_name=entry.unit.full_name,
            issued_at=datetime(2025, 11, 2, 12, tzinfo=UTC),
        )
        db.session.add(row)
        db.session.commit()
        return Issued(app, row.id, row.code, entry.account)
