"""Whatever people do, in any order: each line of every board, counted from the attempts in plain words.

Seen through the pages alone, two lines a page and rungs two people apart.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.cli.ranking import rebuild_all, thaw_all
from app.extensions import db
from app.models import (
    Account,
    Attempt,
    AttemptState,
    Channel,
    Contest,
    Entry,
    Invalidation,
    Pool,
    Purpose,
    Question,
    Unit,
    UnitType,
)
from app.rules.amounts import duration
from app.rules.names import fold
from app.services import ladder_making, rank
from app.services.catalogue import Catalogue
from app.services.consents import give_consent, withdraw_consent
from app.services.delete_person import delete_person
from app.services.desk_people import correct_person
from app.services.invalidate import AlreadyInvalidated, Target, restore
from app.services.ladder_making import make_ladders, refresh_ladders
from app.services.rebuild import rebuild_part
from app.services.void_question import void_question
from app.web.formatters import moment
from app.web.portal import portal
from tests.rooms.conftest import SetRules
from tests.rooms.ranking.conftest import HOUR, NOW
from tests.support.asking import words
from tests.support.people import learn_all, make_contestant, sign_in, sit
from tests.support.results import take_out
from tests.support.visitor import Visitor

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
NAMES = ("Người Mẫu An", "Người Mẫu Ân", "Người Khác", "Ngô Mẫu", "Trần Mẫu")
BOARD, NAMELESS = "/bang-xep-hang", "Thí sinh ẩn danh"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two lines, rungs two people apart."""
    monkeypatch.setattr(rank.people_board, "__kwdefaults__", {"behind": None, "size": 2})
    monkeypatch.setattr(ladder_making, "STEP", 2)


@pytest.fixture
def kinds_kept(app: Flask) -> Iterator[None]:
    """Units are afterwards of the kind that they were."""
    with app.app_context():
        kinds = {unit.id: unit.type for unit in db.session.scalars(select(Unit))}
        db.session.remove()
    yield
    with app.app_context():
        for unit_id, kind in kinds.items():
            set_kind(unit_id, kind)


def set_kind(unit_id: int, kind: UnitType) -> None:
    """As if another pack had been loaded. Commits."""
    db.session.execute(update(Unit).where(Unit.id == unit_id).values(type=kind))
    db.session.execute(update(Contest).values(content_version=Contest.content_version + 1))
    db.session.commit()


@dataclass
class Lives:
    """Deeds by chance, one behind the other; the clock goes on by a second now and then."""

    chance: random.Random
    contest: Catalogue
    clock: datetime
    voided: bool = False

    def live(self, steps: int) -> list[str]:
        """What was done."""
        often = {
            self.come: 18,
            self.sit: 40,
            self.rename: 4,
            self.decide: 4,
            self.move: 8,
            self.join: 4,
            self.take_out: 4,
            self.give_back: 4,
            self.leave: 2,
            self.make: 3,
            self.refresh: 1,
            self.change_kind: 2,
            self.void: 1,
            self.rebuild: 1,
        }
        done = []
        for deed in self.chance.choices(list(often), list(often.values()), k=steps):
            if db.session.scalar(select(Entry.id).limit(1)) is None:
                db.session.remove()
                self.come()
            db.session.remove()
            deed()
            done.append(deed.__name__)
            db.session.commit()
            db.session.remove()
            self.clock += self.chance.choice((0, 0, 1)) * SECOND
        return done

    def _somebody(self) -> Entry:
        return self.chance.choice(db.session.scalars(select(Entry).order_by(Entry.id)).all())

    def come(self) -> None:
        """Another one has registered and learnt everything."""
        shown, unit = self.chance.random() < 0.7, self.chance.randrange(len(self.contest.units))
        name = self.chance.choice(NAMES)
        entry = make_contestant(self.contest, now=NOW - 20 * HOUR, name=name, unit=unit, on_boards=shown)
        learn_all(entry, self.contest, now=NOW - 20 * HOUR)

    def sit(self) -> None:
        """Few times and few wrong answers, so that places are shared."""
        self.contest = portal().catalogues.get()
        started = self.clock - self.chance.choice((60, 60, 61)) * SECOND
        wrong, seed = self.chance.choice((0, 0, 1, 2)), self.chance.randrange(1000)
        sit(self._somebody(), self.contest, started=started, ended=self.clock, wrong=wrong, seed=seed)

    def _correct(self, entry: Entry, unit_id: int) -> None:
        name, actor = self.chance.choice(NAMES), entry.account_id
        phone = entry.account.phone
        correct_person(entry=entry, full_name=name, phone=phone, unit_id=unit_id, actor_id=actor, reason="", now=NOW)

    def rename(self) -> None:
        """By a hand, to a name that others have too."""
        entry = self._somebody()
        self._correct(entry, entry.unit_id)

    def move(self) -> None:
        """Also from one kind of unit to another."""
        self._correct(self._somebody(), self.chance.choice(self.contest.units).id)

    def decide(self) -> None:
        """Consent to the name on boards, the other way round."""
        entry = self._somebody()
        if entry.on_boards:
            withdraw_consent(entry_id=entry.id, purpose=Purpose.BOARDS, now=NOW)
        else:
            give_consent(entry_id=entry.id, purpose=Purpose.BOARDS, text_version="1", channel=Channel.SELF, now=NOW)

    def join(self) -> None:
        """A group of the own unit, or none."""
        entry = self._somebody()
        groups = [group.id for group in self.contest.groups_of.get(entry.unit_id, ())]
        entry.group_id = self.chance.choice([None, *groups, *groups])

    def take_out(self) -> None:
        """An attempt, or everything."""
        entry = self._somebody()
        attempts = db.session.scalars(select(Attempt.id).where(Attempt.entry_id == entry.id).order_by(Attempt.id)).all()
        try:
            take_out(Target(entry.id, self.chance.choice([None, *attempts])), self.contest, now=self.clock)
        except AlreadyInvalidated:
            db.session.rollback()

    def give_back(self) -> None:
        """Something of somebody."""
        acts = db.session.scalars(select(Invalidation.id).where(Invalidation.lifted_at.is_(None))).all()
        if acts:
            act = self.chance.choice(acts)
            restore(invalidation_id=act, reason="", actor_id=None, catalogue=self.contest, now=self.clock)

    def leave(self) -> None:
        """With all that hangs on the account."""
        delete_person(account_id=self._somebody().account_id, actor_id=None, reason="", now=NOW)

    def make(self) -> None:
        """Some ladders, perhaps by a process that does not know yet of which kind units are now."""
        for board in self.contest.boards:
            if self.chance.random() < 0.7:
                assert make_ladders(round_id=board.id, catalogue=self.contest)

    def refresh(self) -> None:
        """As a timer does."""
        refresh_ladders(catalogue=self.contest, now=self.clock, many=self.chance.choice((0, 3)))

    def change_kind(self) -> None:
        """Of a unit."""
        set_kind(self.chance.choice(self.contest.units).id, self.chance.choice(list(UnitType)))
        if self.chance.random() < 0.7:
            self.contest = portal().catalogues.get()

    def void(self) -> None:
        """One question at most: more would leave too few for a paper."""
        if self.voided:
            return
        ref = self.chance.choice(db.session.scalars(select(Question.ref).where(Question.pool == Pool.EXAM)).all())
        contest, now = self.contest, self.clock
        void_question(ref=ref, contest_id=contest.contest_id, reason="", actor_id=None, catalogue=contest, now=now)
        db.session.commit()
        self.voided, self.contest = True, portal().catalogues.get()

    def rebuild(self) -> None:
        """It never finds anything."""
        assert rebuild_part(after=0, catalogue=self.contest, now=self.clock).different == ()


class Row(NamedTuple):
    """Somebody on a board; `law` is less for who is better."""

    law: tuple[int, int, datetime]
    entry_id: int
    unit_id: int
    group_id: int | None
    name: str


def best_of(contest: Catalogue) -> dict[int, dict[int, tuple[int, int, datetime]]]:
    """Entry and round → the best attempt that counts and may be shown."""
    taken_out = {
        (act.entry_id, act.attempt_id)
        for act in db.session.scalars(select(Invalidation).where(Invalidation.lifted_at.is_(None)))
    }
    found: dict[int, dict[int, tuple[int, int, datetime]]] = {}
    for each in db.session.scalars(select(Attempt).where(Attempt.state != AttemptState.OPEN)):
        frozen_from = contest.round(each.round_id).frozen_at(NOW)
        if taken_out & {(each.entry_id, None), (each.entry_id, each.id)}:
            continue
        assert each.correct is not None
        assert each.time_used is not None
        assert each.ended_at is not None
        if frozen_from is None or each.ended_at < frozen_from:
            law = (-each.correct, each.time_used, each.ended_at)
            mine = found.setdefault(each.entry_id, {})
            mine[each.round_id] = min(law, mine.get(each.round_id, law))
    return found


def rows_of(contest: Catalogue) -> dict[int, list[Row]]:
    """Number of each round and of the total → everybody, best first, equal ones in order of entry."""
    assert contest.total
    best, found = best_of(contest), {board.number: list[Row]() for board in contest.boards}
    for entry in db.session.scalars(select(Entry).order_by(Entry.id)):
        who = (entry.id, entry.unit_id, entry.group_id, entry.account.full_name if entry.on_boards else NAMELESS)
        mine = best.get(entry.id, {})
        for this_round in contest.rounds:
            if this_round.id in mine:
                found[this_round.number].append(Row(mine[this_round.id], *who))
        if mine:
            correct, used, ended = zip(*mine.values(), strict=True)
            found[0].append(Row((sum(correct), sum(used), max(ended)), *who))
    return {number: sorted(rows, key=lambda row: (row.law, row.entry_id)) for number, rows in found.items()}


def told(rows: Sequence[Row], contest: Catalogue, *, with_unit: bool) -> list[tuple[str, ...]]:
    """Lines as a board shows them."""
    laws = [row.law for row in rows]
    units = {unit.id: unit.full_name if with_unit else "" for unit in contest.units}
    return [
        (str(laws.index(row.law) + 1), row.name, units[row.unit_id], str(-correct), duration(used), moment(ended))
        for row in rows
        for correct, used, ended in [row.law]
    ]


def seen(visitor: Visitor) -> list[tuple[str, ...]]:
    """Lines of people on the page, the unit apart."""
    found = []
    for cells in (row.select("th, td") for row in visitor.page.select("tbody tr")):
        if len(cells) == 5:
            unit = [words(part.extract()) for part in cells[1].select("span")]
            place, name, *rest = map(words, cells)
            found.append((place, name, *(unit or [""]), *rest))
    return found


def walked(visitor: Visitor, path: str) -> list[tuple[str, ...]]:
    """A whole board, page by page."""
    found, pages = seen(visitor.visit(path)), 1
    people = visitor.text
    while following := visitor.page.select("a[rel=next]"):
        here = seen(visitor.visit(str(following[0]["href"])))
        found, pages = found + here, pages + 1
    assert pages == max(1, -(-len(found) // 2))
    assert not found or f" {len(found)} người." in people
    return found


def assert_boards_tell_the_truth(app: Flask, did: list[str]) -> None:
    """Boards, searches and places of each round and of the total."""
    visitor = Visitor(app)
    with app.app_context():
        contest = portal().catalogues.get()
        boards = rows_of(contest)
        accounts = {entry.id: entry.account for entry in db.session.scalars(select(Entry).limit(3))}
        db.session.remove()

        def lines(rows: Sequence[Row], *, with_unit: bool) -> list[tuple[str, ...]]:
            return told(rows, contest, with_unit=with_unit)

        expected = {number: boards_of(contest, rows) for number, rows in boards.items()}
        wanted = {
            (number, path): (lines(rows, with_unit="ca-nhan" in path), lines(rows, with_unit=True), search)
            for number, asked in expected.items()
            for path, rows, search in asked
        }
    for (number, path), (shown, with_units, search) in wanted.items():
        joint = "&" if "?" in path else "?"
        assert walked(visitor, f"{path}{joint}dot={number}") == shown, (path, number, did)
        for begin in ("Người", "ngo mau") if search is not None else ():
            visitor.visit(f"{BOARD}/tim?tim={quote(begin)}&dot={number}{search}")
            named = [line for line in with_units if line[1] != NAMELESS and fold(line[1]).startswith(fold(begin))]
            assert seen(visitor) == named[:20], (path, number, did)
    for entry_id, account in accounts.items():
        assert_own_places(app, account, entry_id, boards, did)


def boards_of(contest: Catalogue, rows: Sequence[Row]) -> list[tuple[str, list[Row], str | None]]:
    """Address of each board, who stands there, and how a search is told to stay on it; None where there is none."""
    found: list[tuple[str, list[Row], str | None]] = [(f"{BOARD}/ca-nhan", list(rows), "")]
    for kind in {unit.type for unit in contest.units}:
        units = {unit.id for unit in contest.units if unit.type is kind}
        word = kind.value.replace("_", "-")
        found.append((f"{BOARD}/ca-nhan?loai={word}", [row for row in rows if row.unit_id in units], None))
    for unit in contest.units:
        here = [row for row in rows if row.unit_id == unit.id]
        found.append((f"{BOARD}/don-vi/{unit.code}", here, f"&don-vi={unit.code}"))
    for group in contest.groups:
        here = [row for row in rows if row.group_id == group.id]
        found.append((f"{BOARD}/nhom/{group.id}", here, f"&nhom={group.id}"))
    return found


def assert_own_places(
    app: Flask, account: Account, entry_id: int, boards: dict[int, list[Row]], did: list[str]
) -> None:
    sign_in(visitor := Visitor(app), app, account)
    for number, rows in boards.items():
        visitor.visit(f"{BOARD}/cua-toi?dot={number}")
        mine = next((row for row in rows if row.entry_id == entry_id), None)
        places = []
        if mine is not None:
            unit = [row.law for row in rows if row.unit_id == mine.unit_id]
            group = [row.law for row in rows if mine.group_id and row.group_id == mine.group_id]
            laws = [law for law in ([row.law for row in rows], unit, group) if law]
            places = [f"Hạng {law.index(mine.law) + 1} trên {len(law)} người" for law in laws]
        assert visitor.text.count("trên") >= len(places)
        assert all(place in visitor.text for place in places), (places, visitor.text, did)
        assert ("Hạng " in visitor.text) is bool(places), did


@pytest.mark.usefixtures("kinds_kept")
@pytest.mark.parametrize("seed", range(2))
def test_boards_tell_the_truth(app: Flask, two_rounds: Catalogue, set_rules: SetRules, seed: int) -> None:
    """In the round that is over, in the one that runs, while that stands still, and when it is opened again."""
    lives = Lives(random.Random(seed), two_rounds, NOW - 5 * HOUR)
    hours = int((two_rounds.closes_at - NOW) / HOUR) + 1
    done: list[str] = []
    for clock, frozen in ((NOW - 5 * HOUR, 0), (NOW - 90 * MINUTE, 0), (NOW, hours), (NOW, 0)):
        with app.app_context():
            lives.contest, lives.clock = set_rules(boards={"freeze_hours_before_end": frozen}), clock
            if frozen:
                rebuild_all(lives.contest)  # as the command does when the freeze moves
            thaw_all(lives.contest)
            done += lives.live(40 if frozen or clock < NOW else 0)
        assert_boards_tell_the_truth(app, done)
    with app.app_context():
        lives.rebuild()
        db.session.remove()
