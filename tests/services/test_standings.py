"""Standings over whole histories: kept by each deed as they come out counted from the attempts, and as the law says."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.extensions import db
from app.models import Entry, Group, GroupKind, Invalidation, InvalidationReason, Question, Round, Standing
from app.rules.drawing import draw
from app.rules.paper import Paper, write_paper
from app.rules.ranking import Criterion, Result
from app.services import freeze
from app.services.catalogue import Catalogue, GroupInfo, RoundInfo
from app.services.count_figures import count_figures
from app.services.delete_person import delete_person
from app.services.figures import Tally
from app.services.invalidate import AlreadyInvalidated, Target, invalidate, restore
from app.services.rank import Scope, people_board
from app.services.rebuild import rebuild_part
from app.services.standings import record_result
from app.services.void_question import void_question
from tests.support.people import make_contestant, right_answers
from tests.support.places import place_on
from tests.support.ranking_law import law
from tests.support.results import bare_attempt
from tests.support.wiping import wipe

HOUR = timedelta(hours=1)
PEOPLE = 4
ORDERS = [
    (Criterion.CORRECT, Criterion.TIME_USED, Criterion.SUBMITTED_AT),
    (Criterion.CORRECT, Criterion.ATTEMPTS),
    (Criterion.TIME_USED, Criterion.CORRECT),
    (Criterion.SUBMITTED_AT,),
]
who = st.integers(0, PEOPLE - 1)
OFTEN = ["sit"] * 9 + ["invalidate", "invalidate", "exclude", "restore", "restore", "move", "thaw", "void", "delete"]
numbers = st.integers(0, 11)
quick = st.tuples(st.sampled_from(OFTEN), who, numbers)
moves = st.tuples(st.sampled_from([*OFTEN, "wait", "wait"]), who, numbers)
Moves = list[tuple[str, int, int]]


@pytest.fixture
def three_rounds(deeds: Flask, contest: Catalogue, noon: datetime) -> Iterator[Catalogue]:
    """Three rounds of four hours with an hour between, the last hour of each frozen, and their total."""
    rows = [
        Round(contest_id=contest.contest_id, number=number, name=f"Đợt {number}", opens_at=opens, closes_at=closes)
        for number, opens, closes in (
            (0, noon, noon + 14 * HOUR),
            (2, noon + 5 * HOUR, noon + 9 * HOUR),
            (3, noon + 10 * HOUR, noon + 14 * HOUR),
        )
    ]
    village = Group(
        contest_id=contest.contest_id, unit_id=contest.units[0].id, kind=GroupKind.VILLAGE, name="Mẫu", sort_key="mau"
    )
    db.session.add_all([*rows, village])
    db.session.commit()
    total, second, third = rows
    mine, village_id = [row.id for row in rows], village.id
    infos = [
        RoundInfo(row_id, number, f"Đợt {number}", start, start + 4 * HOUR, start + 3 * HOUR)
        for row_id, number, start in (
            (contest.rounds[0].id, 1, noon),
            (second.id, 2, noon + 5 * HOUR),
            (third.id, 3, noon + 10 * HOUR),
        )
    ]
    yield replace(
        contest,
        rounds=tuple(infos),
        total=RoundInfo(total.id, 0, "Tổng các đợt", noon, noon + 14 * HOUR),
        groups=(GroupInfo(village.id, village.unit_id, village.kind, village.name, None),),
    )
    wipe()
    db.session.execute(delete(Group).where(Group.id == village_id))
    db.session.execute(delete(Round).where(Round.id.in_(mine)))
    db.session.commit()


@dataclass
class Story:
    """What happened so far, in plain values: the law is asked about these."""

    contest: Catalogue
    people: list[Entry]
    now: datetime
    paper: Paper
    voided: frozenset[int] = frozenset()  # places on the paper
    sat: dict[int, list[tuple[int, RoundInfo, Result]]] = field(default_factory=dict)  # person → attempts
    wrong: dict[int, frozenset[int]] = field(default_factory=dict)  # attempt → places on the paper
    acts: dict[int, list[Invalidation]] = field(default_factory=dict)
    number: int = 0

    def play(self, history: Moves) -> None:
        for deed, person, value in history:
            getattr(self, f"_{deed}")(person, value)
            self.now += timedelta(minutes=20)
            db.session.flush()

    def _sit(self, person: int, value: int) -> None:
        this_round = self.contest.round_at(self.now)
        entry, mine = self.people[person], self.sat.setdefault(person, [])
        number = 1 + sum(each is this_round for _, each, _ in mine)
        wrong = frozenset(range(value % 4))
        result = Result(len(self.paper) - len(wrong - self.voided), 60 + value % 3, self.now, number)
        self.number += 1
        attempt = bare_attempt(entry, this_round.id, result, receipt=f"R{self.number}", paper=write_paper(self.paper))
        attempt.answers = right_answers(attempt, self.contest, wrong=len(wrong))
        record_result(attempt=attempt, result=result, catalogue=self.contest, now=self.now)
        mine.append((attempt.id, this_round, result))
        self.wrong[attempt.id] = wrong

    def _invalidate(self, person: int, value: int) -> None:
        mine = self.sat.get(person, [])
        if mine:
            self._take_out(person, Target(self.people[person].id, mine[value % len(mine)][0]))

    def _exclude(self, person: int, _value: int) -> None:
        self._take_out(person, Target(self.people[person].id, None))

    def _take_out(self, person: int, target: Target) -> None:
        try:
            act = invalidate(
                target=target,
                code=InvalidationReason.TOOLS,
                words="",
                evidence="",
                actor_id=None,
                catalogue=self.contest,
                now=self.now,
            )
        except AlreadyInvalidated:
            return
        self.acts.setdefault(person, []).append(act)

    def _restore(self, person: int, value: int) -> None:
        acts = self.acts.get(person, [])
        if acts:
            act = acts.pop(value % len(acts))
            restore(invalidation_id=act.id, reason="", actor_id=None, catalogue=self.contest, now=self.now)

    def _move(self, person: int, value: int) -> None:
        (village,) = self.contest.groups
        unit = self.contest.units[value % 3].id
        entry = self.people[person]
        entry.unit_id, entry.group_id = unit, village.id if unit == village.unit_id and value % 2 else None

    def _void(self, _person: int, value: int) -> None:
        place = value % 4
        version = self.contest.versions[self.paper[place].version_id]
        ref = db.session.get_one(Question, version.question_id).ref
        void_question(
            ref=ref,
            contest_id=self.contest.contest_id,
            reason="",
            actor_id=None,
            catalogue=self.contest,
            now=self.now,
        )
        self.contest = replace(self.contest, voided=self.contest.voided | {version.id})
        self.voided |= {place}
        many = len(self.paper)
        for mine in self.sat.values():
            mine[:] = [(n, r, replace(old, correct=many - len(self.wrong[n] - self.voided))) for n, r, old in mine]

    def _delete(self, person: int, _value: int) -> None:
        """And somebody new comes."""
        delete_person(account_id=self.people[person].account_id, actor_id=None, reason="", now=self.now)
        self.people[person] = make_contestant(self.contest, now=self.now, unit=person % 2)
        self.sat.pop(person, None)
        self.acts.pop(person, None)

    def _thaw(self, _person: int, _value: int) -> None:
        while freeze.thaw(catalogue=self.contest, now=self.now, limit=2):
            pass

    def _wait(self, _person: int, hours: int) -> None:
        self.now += (1 + hours % 3) * HOUR

    def valid(self, person: int) -> list[tuple[RoundInfo, Result]]:
        out = {act.attempt_id for act in self.acts.get(person, [])}
        return [(r, result) for number, r, result in self.sat.get(person, []) if not out & {None, number}]


def law_s_board(story: Story, board: RoundInfo, *, before: datetime | None = None) -> list[tuple[int, int]]:
    """Place and entry of everybody by the law; `before` leaves out what ended later."""
    criteria, best = story.contest.rules.ranking, []
    rounds = story.contest.rounds if board is story.contest.total else (board,)
    for person, entry in enumerate(story.people):
        seen = [(r, result) for r, result in story.valid(person) if before is None or result.submitted_at < before]
        tops = [
            min((result for r, result in seen if r is each), key=lambda result: law(result, criteria))
            for each in rounds
            if any(r is each for r, _ in seen)
        ]
        if tops:
            whole = Result(
                sum(top.correct for top in tops),
                sum(top.time_used for top in tops),
                max(top.submitted_at for top in tops),
                sum(top.attempts for top in tops),
            )
            best.append((law(whole, criteria), entry.id))
    best.sort()
    keys = [key for key, _ in best]
    return [(keys.index(key) + 1, entry_id) for key, entry_id in best]


def shown(board: RoundInfo) -> list[tuple[int, int]]:
    db.session.commit()  # boards are read outside of the session
    return [(row.place, row.entry_id) for row in people_board(scope=Scope(board.id)).rows]


def real(board: RoundInfo) -> list[int]:
    query = select(Standing.entry_id).where(Standing.round_id == board.id)
    return list(db.session.scalars(query.order_by(Standing.rank_key, Standing.entry_id)))


@given(
    history=st.lists(moves, min_size=5, max_size=20),
    late=st.lists(quick, min_size=4, max_size=6),
    criteria=st.sampled_from(ORDERS),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_boards_are_the_law_s_after_any_history(
    three_rounds: Catalogue,
    noon: datetime,
    history: Moves,
    late: Moves,
    criteria: tuple[Criterion, ...],
) -> None:
    catalogue = replace(three_rounds, rules=replace(three_rounds.rules, ranking=criteria))
    people = [make_contestant(catalogue, now=noon, unit=n % 2) for n in range(PEOPLE)]
    story = Story(catalogue, people, noon, a_paper(catalogue))
    story.play(history)
    freezes_at = catalogue.round_at(story.now).freezes_at
    assert freezes_at is not None
    if story.now < freezes_at:  # the end of most histories lies across a freeze
        story.now = freezes_at - timedelta(minutes=30)
    story.play(late)
    story._thaw(0, 0)
    frozen_at = catalogue.frozen_at(story.now)
    for board in catalogue.boards:
        assert shown(board) == law_s_board(story, board, before=frozen_at)
        assert sorted(real(board)) == sorted(entry for _, entry in law_s_board(story, board))
        assert_boards_agree(story, board)
    assert_figures(story, frozen_at)
    for person, entry in enumerate(people):
        ends = [result.submitted_at for _, result in story.valid(person)]
        db.session.refresh(entry)
        assert entry.finished_at == min(ends, default=None)
    part = rebuild_part(after=0, catalogue=story.contest, now=story.now)
    assert part.different == ()  # counted from the attempts it is the same, row for row
    wipe()


def assert_boards_agree(story: Story, board: RoundInfo) -> None:
    """Boards of units and of the group are the city's without the others; my place is that of my line."""
    city = people_board(scope=Scope(board.id)).rows
    units = {entry.id: entry.unit_id for entry in story.people}
    groups = {entry.id: entry.group_id for entry in story.people}
    scopes = [Scope(board.id)]
    scopes += [Scope(board.id, frozenset({unit.id})) for unit in story.contest.units[:3]]
    scopes += [Scope(board.id, group_id=group.id) for group in story.contest.groups]
    for scope in scopes:
        mine = [
            row
            for row in city
            if (not scope.units or units[row.entry_id] in scope.units)
            and scope.group_id in (None, groups[row.entry_id])
        ]
        keys = [row.key for row in mine]
        wanted = {row.entry_id: (keys.index(row.key) + 1, len(mine)) for row in mine}
        assert [(row.entry_id, row.place) for row in people_board(scope=scope).rows] == [
            (row.entry_id, wanted[row.entry_id][0]) for row in mine
        ]
        assert people_board(scope=scope).people == len(mine)
        for entry in story.people:
            assert place_on(scope, entry.id) == wanted.get(entry.id)


def assert_figures(story: Story, frozen_at: datetime | None) -> None:
    """Units, groups and rounds as they come out counted by hand from what is shown."""
    figures = count_figures(db.session(), catalogue=story.contest, now=story.now)
    db.session.rollback()
    for board in story.contest.boards:
        wanted: dict[int, Tally] = {}
        in_group: dict[int, Tally] = {}
        on_board = {row.entry_id: row for row in people_board(scope=Scope(board.id)).rows}
        for person, entry in enumerate(story.people):
            row = on_board.get(entry.id)
            seen = [
                r
                for r, result in story.valid(person)
                if board in (r, story.contest.total) and (frozen_at is None or result.submitted_at < frozen_at)
            ]
            tally = Tally(1, int(row is not None), row.correct if row else 0, len(seen))
            wanted[entry.unit_id] = wanted.get(entry.unit_id, Tally()) + tally
            if entry.group_id is not None:
                in_group[entry.group_id] = in_group.get(entry.group_id, Tally()) + tally
        assert figures.rounds[board.id] == wanted
        if board is story.contest.total:
            assert (figures.units, figures.groups) == (wanted, in_group)


def a_paper(catalogue: Catalogue) -> Paper:
    """The one that everybody gets here."""
    exam = catalogue.rules.exam
    return draw(catalogue.bank, exam.quota, met=Counter(), rng=Random(1), shuffle=exam.shuffle)


def test_rebuild_finds_and_mends_what_is_wrong(three_rounds: Catalogue, noon: datetime) -> None:
    people = [make_contestant(three_rounds, now=noon) for _ in range(4)]
    story = Story(three_rounds, people, noon, a_paper(three_rounds))
    story.play([("sit", n, 3) for n in range(4)])
    story.play([("wait", 0, 2), ("wait", 0, 2), ("sit", 0, 1)])
    before = {board.number: shown(board) for board in three_rounds.boards}
    first, second = (db.session.get_one(Standing, (p.id, three_rounds.rounds[0].id)) for p in people[:2])
    first.correct, first.rank_key, first.shown_key = 3, "0", "0"
    db.session.delete(second)
    people[2].finished_at = None
    db.session.get_one(Standing, (people[3].id, three_rounds.rounds[0].id)).shown_name = "Người Khác"
    db.session.commit()
    part = rebuild_part(after=0, catalogue=three_rounds, now=story.now)
    assert part.different == tuple(sorted(p.id for p in people))
    assert {board.number: shown(board) for board in three_rounds.boards} == before
    assert rebuild_part(after=0, catalogue=three_rounds, now=story.now).different == ()
    assert rebuild_part(after=part.last or 0, catalogue=three_rounds, now=story.now).last is None


def test_opened_by_hand_boards_show_all(three_rounds: Catalogue, noon: datetime) -> None:
    (person,) = [make_contestant(three_rounds, now=noon)]
    story = Story(three_rounds, [person], noon + 3 * HOUR, a_paper(three_rounds))
    story.play([("sit", 0, 3)])
    first = three_rounds.rounds[0]
    assert shown(first) == []
    assert real(first) == [person.id]
    freeze.unfreeze(number=1, reason="đủ phiếu", actor_id=None, catalogue=three_rounds, now=story.now)
    assert db.session.get_one(Round, first.id).unfrozen_at == story.now
    opened = replace(three_rounds, rounds=(replace(first, freezes_at=None), *three_rounds.rounds[1:]))
    assert freeze.thaw(catalogue=opened, now=story.now) == 1
    for board in (first, three_rounds.total_round):
        assert shown(board) == [(1, person.id)]
    assert freeze.thaw(catalogue=opened, now=story.now) == 0
    db.session.rollback()


@pytest.mark.parametrize(("number", "hours"), [(1, 2), (1, 4), (2, 3), (0, 3), (9, 3)])
def test_what_is_not_frozen_is_not_opened(three_rounds: Catalogue, noon: datetime, number: int, hours: int) -> None:
    with pytest.raises(freeze.NotFrozen):
        freeze.unfreeze(number=number, reason="", actor_id=None, catalogue=three_rounds, now=noon + hours * HOUR)
