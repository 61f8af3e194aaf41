"""Drawing papers."""

import random
from collections import Counter
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.drawing import Candidate, QuotaUnmet, Shortage, draw, shortages
from app.rules.paper import Paper

SHELVES = list(product(("an-toan", "tien-ich"), ("easy", "medium", "hard")))
seeds = st.integers(0, 2**32)


def bank_of(per_shelf: int) -> list[Candidate]:
    """Every shelf alike; version ids are not question ids; every third question is true/false."""
    return [
        Candidate(n, 1000 + n, topic, difficulty, 2 if n % 3 == 0 else 4, keep_order=n % 3 == 0)
        for n, ((topic, difficulty), _) in enumerate(product(SHELVES, range(per_shelf)))
    ]


BANK = bank_of(7)
BY_VERSION = {candidate.version_id: candidate for candidate in BANK}
quotas = st.dictionaries(st.sampled_from(SHELVES), st.integers(0, 7), min_size=1)
met_counts = st.dictionaries(st.integers(0, len(BANK) - 1), st.integers(0, 5))


def drawn(paper: Paper) -> list[Candidate]:
    return [BY_VERSION[question.version_id] for question in paper]


@given(quotas, met_counts, seeds, st.booleans())
def test_honours_the_quota_and_never_repeats(
    quota: dict[tuple[str, str], int], met: dict[int, int], seed: int, shuffle: bool
) -> None:
    paper = draw(BANK, quota, met=met, rng=random.Random(seed), shuffle=shuffle)
    taken = drawn(paper)
    assert Counter((c.topic, c.difficulty) for c in taken) == Counter({k: n for k, n in quota.items() if n})
    assert len({c.question_id for c in taken}) == len(taken)


@given(quotas, met_counts, seeds)
def test_prefers_what_was_not_met(quota: dict[tuple[str, str], int], met: dict[int, int], seed: int) -> None:
    taken = {c.question_id for c in drawn(draw(BANK, quota, met=met, rng=random.Random(seed), shuffle=True))}
    for shelf, wanted in quota.items():
        here = [c.question_id for c in BANK if (c.topic, c.difficulty) == shelf]
        most = [met.get(q, 0) for q in here if q in taken]
        least_left = [met.get(q, 0) for q in here if q not in taken]
        assert len(most) == wanted
        assert not most or not least_left or max(most) <= min(least_left)


@given(quotas, met_counts, seeds, st.booleans())
def test_same_seed_same_paper(quota: dict[tuple[str, str], int], met: dict[int, int], seed: int, shuffle: bool) -> None:
    first, second = (draw(BANK, quota, met=met, rng=random.Random(seed), shuffle=shuffle) for _ in range(2))
    assert first == second


def test_another_seed_another_paper() -> None:
    quota = dict.fromkeys(SHELVES, 3)
    papers = {draw(BANK, quota, met={}, rng=random.Random(seed), shuffle=True) for seed in range(50)}
    assert len(papers) == 50


@given(seeds)
def test_exposure_spreads_evenly_over_the_bank(seed: int) -> None:
    """One person after many attempts has met every question of a shelf equally often, give or take one."""
    rng, met = random.Random(seed), Counter[int]()
    shelf = SHELVES[0]
    questions = [c.question_id for c in BANK if (c.topic, c.difficulty) == shelf]
    for _ in range(17):
        paper = draw(BANK, {shelf: 3}, met=met, rng=rng, shuffle=True)
        met.update(candidate.question_id for candidate in drawn(paper))
    assert max(met[q] for q in questions) - min(met[q] for q in questions) <= 1


@given(seeds)
def test_options_are_a_permutation_and_true_false_keeps_its_order(seed: int) -> None:
    for question in draw(BANK, dict.fromkeys(SHELVES, 7), met={}, rng=random.Random(seed), shuffle=True):
        candidate = BY_VERSION[question.version_id]
        assert sorted(question.order) == list(range(candidate.options))
        if candidate.keep_order:
            assert question.order == tuple(range(candidate.options))


def test_options_come_in_every_order_alike() -> None:
    """24 orders of four options over 4,800 drawings: about 200 each."""
    one = [Candidate(1, 1, *SHELVES[0], 4)]
    rng = random.Random(1)
    orders = Counter(draw(one, {SHELVES[0]: 1}, met={}, rng=rng, shuffle=True)[0].order for _ in range(4800))
    assert len(orders) == 24
    assert all(140 < count < 270 for count in orders.values())


def test_without_shuffle_topics_and_options_stay_in_order() -> None:
    quota = dict.fromkeys(SHELVES, 2)
    paper = draw(BANK, quota, met={}, rng=random.Random(5), shuffle=False)
    assert [(c.topic, c.difficulty) for c in drawn(paper)] == [shelf for shelf in SHELVES for _ in range(2)]
    assert all(question.order == tuple(range(len(question.order))) for question in paper)


def test_with_shuffle_topics_are_mixed() -> None:
    """Twelve questions of two topics: they come in one block a topic about once in 460 papers."""
    quota = dict.fromkeys(SHELVES, 2)
    rng = random.Random(3)
    blocks = 0
    for _ in range(100):
        topics = [c.topic for c in drawn(draw(BANK, quota, met={}, rng=rng, shuffle=True))]
        blocks += sum(one != other for one, other in pairwise(topics)) == 1
    assert blocks < 5


@given(seeds)
def test_one_person_meets_the_whole_bank_before_any_question_twice_more(seed: int) -> None:
    rng, met = random.Random(seed), Counter[int]()
    quota = {SHELVES[0]: 3, SHELVES[4]: 2}
    for _ in range(8):
        met.update(c.question_id for c in drawn(draw(BANK, quota, met=met, rng=rng, shuffle=True)))
        for shelf in quota:
            counts = [met[c.question_id] for c in BANK if (c.topic, c.difficulty) == shelf]
            assert max(counts) - min(counts) <= 1


def test_the_bank_is_spread_evenly_over_many_people() -> None:
    """3 of 7 for 2,100 people: each question about 900 times (σ = 23)."""
    rng, times = random.Random(7), Counter[int]()
    for _ in range(2100):
        times.update(c.question_id for c in drawn(draw(BANK, {SHELVES[2]: 3}, met={}, rng=rng, shuffle=True)))
    assert len(times) == 7
    assert all(abs(count - 900) < 120 for count in times.values())


def test_a_bank_that_is_too_small_is_told() -> None:
    with pytest.raises(QuotaUnmet, match="an-toan/hard: 7 < 8"):
        draw(BANK, {("an-toan", "hard"): 8}, met={}, rng=random.Random(1), shuffle=True)
    with pytest.raises(QuotaUnmet, match="khac/easy: 0 < 1"):
        draw(BANK, {("khac", "easy"): 1}, met={}, rng=random.Random(1), shuffle=True)


@given(quotas, st.integers(0, 7))
def test_a_paper_is_drawn_where_nothing_is_short(quota: dict[tuple[str, str], int], per_shelf: int) -> None:
    bank = bank_of(per_shelf)
    short = shortages(bank, quota)
    assert short == tuple(Shortage(*shelf, per_shelf, wanted) for shelf, wanted in quota.items() if wanted > per_shelf)
    try:
        draw(bank, quota, met={}, rng=random.Random(1), shuffle=True)
    except QuotaUnmet:
        assert short
    else:
        assert not short
