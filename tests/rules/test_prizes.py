"""Who wins what."""

from hypothesis import given
from hypothesis import strategies as st

from app.rules.prizes import Candidate, Prize, Proposal, Winner, propose

FIRST, SECOND = Prize("Nhất", 1), Prize("Nhì", 2)


def ranked(*keys: str, held: tuple[int, ...] = ()) -> list[Candidate]:
    """Candidates 1, 2, … in order of these keys."""
    return [Candidate(n, keys.index(key) + 1, key, "khiếu nại" if n in held else "") for n, key in enumerate(keys, 1)]


def ids(candidates: tuple[Candidate, ...]) -> list[int]:
    return [candidate.id for candidate in candidates]


def proposals(candidates: list[Candidate], *prizes: Prize, chosen: tuple[int, ...] = ()) -> list[Proposal]:
    return propose(prizes, dict.fromkeys(prizes, candidates), {Winner.PERSON: chosen})


def test_the_highest_prize_goes_to_the_best_and_nobody_gets_two() -> None:
    first, second = proposals(ranked("a", "b", "c", "d", "e"), FIRST, SECOND)
    assert (ids(first.winners), ids(first.reserve)) == ([1], [2, 3, 4])
    assert (ids(second.winners), ids(second.reserve)) == ([2, 3], [4, 5])


def test_who_is_held_is_passed_over_and_named() -> None:
    (second,) = proposals(ranked("a", "b", "c", "d", held=(1, 4)), SECOND)
    assert (ids(second.winners), ids(second.held), ids(second.reserve)) == ([2, 3], [1], [])


def test_a_tie_at_the_edge_is_left_to_people() -> None:
    first, second = proposals(ranked("a", "b", "b", "b", "c"), FIRST, SECOND)
    assert ids(first.winners) == [1]
    assert (ids(second.winners), ids(second.tied), second.left, ids(second.reserve)) == ([], [2, 3, 4], 2, [5])


def test_who_is_not_chosen_stands_first_for_the_next_prize() -> None:
    candidates = ranked("a", "a", "a", "b", "c")
    first, second = proposals(candidates, FIRST, SECOND)
    assert (ids(first.tied), first.left, first.waits) == ([1, 2, 3], 1, False)
    assert (second.waits, second.winners, second.tied, second.reserve) == (True, (), (), ())
    first, second = proposals(candidates, FIRST, SECOND, chosen=(2,))
    assert (ids(first.winners), ids(first.picked), first.tied, ids(first.reserve)) == ([2], [2], (), [1, 3, 4])
    assert (ids(second.winners), second.picked, second.tied) == ([1, 3], (), ())


def test_two_choices_of_one_tie_go_to_the_prizes_in_their_order() -> None:
    third = Prize("Ba", 1)
    candidates = ranked("a", "a", "a", "b")
    assert [ids(p.winners) for p in proposals(candidates, FIRST, third, chosen=(3, 1))] == [[3], [1]]
    first, last = proposals(candidates, FIRST, third, chosen=(3, 3))
    assert (ids(first.winners), ids(last.tied), last.left) == ([3], [1, 2], 1)


def test_a_choice_of_too_few_decides_nothing() -> None:
    (second,) = proposals(ranked("a", "a", "a"), SECOND, chosen=(1, 7))
    assert (second.winners, ids(second.tied), second.left) == ((), [1, 2, 3], 2)


def test_who_is_held_is_named_also_when_nobody_is_left_for_the_prize() -> None:
    first, second = proposals(ranked("a", "b", "c", "d", held=(2, 3, 4)), FIRST, SECOND)
    assert (ids(first.winners), first.held) == ([1], ())
    assert (ids(second.winners), ids(second.held)) == ([], [2, 3, 4])


def test_a_choice_among_units_is_none_among_persons() -> None:
    units = Prize("Tập thể", 1, Winner.UNIT)
    both = {FIRST: ranked("a", "a"), units: ranked("a", "a")}
    found = propose([FIRST, units], both, {Winner.PERSON: [1], Winner.UNIT: [2]})
    assert [ids(proposal.winners) for proposal in found] == [[1], [2]]


def test_a_shared_place_within_the_prizes_is_no_tie() -> None:
    (second,) = proposals(ranked("a", "a", "b"), SECOND)
    assert (ids(second.winners), second.tied, second.left) == ([1, 2], (), 0)


def test_fewer_people_than_prizes() -> None:
    first, second = proposals(ranked("a"), FIRST, SECOND)
    assert (ids(first.winners), ids(second.winners), second.tied) == ([1], [], ())


def test_persons_and_units_do_not_mix() -> None:
    units = Prize("Tập thể", 1, Winner.UNIT)
    found = propose([FIRST, units], {FIRST: ranked("a"), units: ranked("a")})
    assert [ids(proposal.winners) for proposal in found] == [[1], [1]]


@given(
    keys=st.lists(st.sampled_from("abcde"), max_size=12).map(sorted),
    held=st.sets(st.integers(1, 12)),
    counts=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    lot=st.permutations(range(1, 13)),
)
def test_nobody_better_is_ever_left_out(keys: list[str], held: set[int], counts: list[int], lot: list[int]) -> None:
    prizes = [Prize(f"Giải {n}", count) for n, count in enumerate(counts)]
    candidates = ranked(*keys, held=tuple(held))
    got: list[int] = []
    for proposal in proposals(candidates, *prizes, chosen=tuple(lot)):
        assert (proposal.tied, proposal.waits) == ((), False)
        got += ids(proposal.winners)
        free = [c for c in candidates if not c.hold and c.id not in got]
        assert len(proposal.winners) == proposal.prize.count or not free
        assert ids(proposal.reserve) == ids(tuple(free[:3]))
    assert len(got) == len(set(got))
    order = [c for c in candidates if not c.hold]
    assert [candidates[id_ - 1].key for id_ in got] == [c.key for c in order[: len(got)]]


@given(
    keys=st.lists(st.sampled_from("abcde"), max_size=12).map(sorted),
    held=st.sets(st.integers(1, 12)),
    count=st.integers(1, 4),
)
def test_without_a_choice_only_the_edge_is_open(keys: list[str], held: set[int], count: int) -> None:
    candidates = ranked(*keys, held=tuple(held))
    (proposal,) = proposals(candidates, Prize("Giải", count))
    free = [c for c in candidates if not c.hold]
    edge = free[count - 1].key if len(free) > count and free[count - 1].key == free[count].key else None
    assert proposal.tied == tuple(c for c in free if c.key == edge)
    assert proposal.winners == tuple(c for c in free[:count] if c.key != edge)
    assert len(proposal.winners) + proposal.left == min(count, len(free))
