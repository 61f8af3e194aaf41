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


def proposals(candidates: list[Candidate], *prizes: Prize) -> list[Proposal]:
    return propose(prizes, dict.fromkeys(prizes, candidates))


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
)
def test_nobody_better_is_ever_left_out(keys: list[str], held: set[int], counts: list[int]) -> None:
    prizes = [Prize(f"Giải {n}", count) for n, count in enumerate(counts)]
    candidates = ranked(*keys, held=tuple(held))
    got: set[int] = set()
    for proposal in proposals(candidates, *prizes):
        mine = [*proposal.winners, *proposal.tied]
        assert not got & set(ids(tuple(mine)))
        got |= set(ids(tuple(mine)))
        assert not any(candidate.hold for candidate in mine)
        if proposal.tied:
            assert len({candidate.key for candidate in proposal.tied}) == 1
            assert 0 < proposal.left < len(proposal.tied)
            assert len(proposal.winners) + proposal.left == proposal.prize.count
        free = [c for c in candidates if not c.hold and c.id not in got]
        if mine and free:
            assert free[0].key > mine[-1].key or (len(mine) == proposal.prize.count and free[0].key >= mine[-1].key)
        if free:
            assert len(mine) >= proposal.prize.count
