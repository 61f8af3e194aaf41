"""Weekly rounds from one line, the total over several rounds, the freeze, prizes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Contest, Round
from app.rules.prizes import Metric, Prize, Span, Winner
from app.services.catalogue import Catalogue
from app.services.catalogue_reading import load_catalogue
from app.services.pack.exporting import pack_of
from app.services.pack.loading import load_pack
from app.services.pack.reading import read_pack
from tests.services.pack.conftest import Edit, faults_of

FILE = "contest.toml"
DAYS = "first_day = 2025-10-11\nlast_day = 2025-11-11"
WEEKLY = """opens_at = 2025-10-13T10:00:00+07:00
closes_at = 2025-10-20T09:00:00+07:00
weeks = 3"""
PRIZES = """
[[prizes]]
level = "Giải Nhất"
count = 1
for = "person"
round = "each"

[[prizes]]
level = "Tập thể dẫn đầu"
count = 2
for = "unit"
metric = "per_1000"
round = "total"
"""


@pytest.fixture
def weekly(edit: Edit, folder: Path) -> Path:
    """The small pack with three weeks, a freeze and two prizes."""
    edit(FILE, 'name = "Cuộc thi"\n' + DAYS, 'name = "Tuần {n}"\n' + WEEKLY)
    edit(FILE, "freeze_hours_before_end = 0", "freeze_hours_before_end = 2")
    path = folder / FILE
    path.write_text(path.read_text(encoding="utf-8") + PRIZES, encoding="utf-8")
    return folder


def loaded(folder: Path) -> tuple[Contest, Catalogue]:
    contest = load_pack(read_pack(folder), make_current=True)
    db.session.commit()
    return contest, load_catalogue(db.session(), contest)


@pytest.mark.usefixtures("database")
def test_one_line_makes_three_weeks_and_their_total(weekly: Path) -> None:
    _, catalogue = loaded(weekly)
    assert [r.name for r in catalogue.rounds] == ["Tuần 1", "Tuần 2", "Tuần 3"]
    first, second, third = catalogue.rounds
    assert first.opens_at == datetime(2025, 10, 13, 3, tzinfo=UTC)
    assert second.opens_at - first.closes_at == timedelta(hours=1)
    assert third.freezes_at == third.closes_at - timedelta(hours=2)
    total = catalogue.total_round
    assert (total.number, total.name) == (0, "Tổng các đợt")
    assert (total.opens_at, total.closes_at, total.freezes_at) == (first.opens_at, third.closes_at, None)
    assert catalogue.boards == (first, second, third, total)
    assert [catalogue.board(number) for number in (0, 2, 9)] == [total, second, None]


@pytest.mark.usefixtures("database")
def test_one_round_at_most_is_frozen(weekly: Path) -> None:
    contest, catalogue = loaded(weekly)
    second = catalogue.rounds[1]
    assert second.freezes_at is not None
    moment = timedelta(seconds=1)
    assert catalogue.frozen_at(second.freezes_at - moment) is None
    assert catalogue.frozen_at(second.freezes_at) == second.freezes_at
    assert catalogue.frozen_at(second.closes_at - moment) == second.freezes_at
    assert catalogue.frozen_at(second.closes_at) is None
    db.session.get_one(Round, second.id).unfrozen_at = second.freezes_at + moment
    db.session.flush()
    assert load_catalogue(db.session(), contest).frozen_at(second.closes_at - moment) is None


@pytest.mark.usefixtures("database")
def test_a_contest_with_one_round_has_no_total(weekly: Path, edit: Edit) -> None:
    contest, _ = loaded(weekly)
    edit(FILE, "weeks = 3", "weeks = 1")
    loaded(weekly)
    assert db.session.scalars(select(Round.number).where(Round.contest_id == contest.id)).all() == [1]
    catalogue = load_catalogue(db.session(), contest)
    assert catalogue.total is None
    assert catalogue.total_round is catalogue.rounds[0]


@pytest.mark.usefixtures("database")
def test_prizes_come_back_as_they_were_written(weekly: Path) -> None:
    contest, catalogue = loaded(weekly)
    assert catalogue.rules.prizes == (
        Prize("Giải Nhất", 1, span=Span.EACH),
        Prize("Tập thể dẫn đầu", 2, Winner.UNIT, Metric.PER_1000),
    )
    assert pack_of(contest).rules == read_pack(weekly).rules
    assert len(pack_of(contest).rounds) == 3


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("weeks = 3", "weeks = 0", "weeks: phải là số tuần từ 1 đến 53"),
        ("weeks = 3", 'weeks = "3"', "weeks: phải là số tuần từ 1 đến 53"),
        ("Tuần {n}", "Tuần", "name: đợt lặp lại theo tuần cần {n}"),
        ("2025-10-20T09:00:00+07:00", "2025-10-20T11:00:00+07:00", "weeks: mỗi tuần phải đóng trước khi tuần sau mở"),
        ("count = 1", "count = 0", "prizes.count: phải là số nguyên từ 1 đến 1000"),
        ('level = "Tập thể dẫn đầu"', 'level = "Giải Nhất"', "prizes.level: giải thứ 2"),
        ('for = "person"', 'for = "person"\nmetric = "finishers"', "prizes.metric: chỉ dùng cho giải tập thể"),
        ('for = "unit"', 'for = "city"', "prizes.for: phải là một trong person, unit"),
        ('per_1000"\nround = "total"', 'per_1000"\nround = "1"', "prizes.round: phải là một trong total, each"),
        ("freeze_hours_before_end = 2", "freeze_hours_before_end = -1", "boards.freeze_hours_before_end"),
    ],
)
def test_faults_are_named(weekly: Path, edit: Edit, old: str, new: str, fault: str) -> None:
    edit(FILE, old, new)
    (found,) = faults_of(weekly)
    assert fault in found
