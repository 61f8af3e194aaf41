"""Sharing out whole numbers: contestants to units, attempts to people, visits to hours. Every sum is exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from app.services.demo.wanted import Wanted

_UNEQUAL = 0.75  # spread of the units' sizes: of 114 the largest is about twenty-five times the smallest


def share_out(total: int, weights: Sequence[float], *, least: int = 0) -> list[int]:
    """`total` in proportion to the weights, each share at least `least`; largest remainders get what is left."""
    free = total - least * len(weights)
    whole = sum(weights)
    exact = [free * weight / whole for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for index in by_remainder[: free - sum(shares)]:
        shares[index] += 1
    return [share + least for share in shares]


@dataclass(frozen=True, slots=True)
class Part:
    """One contestant in bare figures; no attempts means not finished."""

    unit: int  # place in the catalogue's list of units
    attempts: int


def share_parts(wanted: Wanted, *, units: int, most: int) -> list[Part]:
    """All contestants in the order in which they get their ids, units well mixed."""
    chance = wanted.chance("units")
    sizes = [chance.lognormvariate(0, _UNEQUAL) for _ in range(units)]
    finishers = share_out(wanted.finishers, sizes, least=1)
    others = share_out(wanted.registered - wanted.finishers, [w * chance.uniform(0.5, 1.6) for w in sizes])
    attempts = iter(_attempts_each(wanted, most=most, chance=wanted.chance("attempts")))
    parts = [Part(unit, next(attempts)) for unit, count in enumerate(finishers) for _ in range(count)]
    parts += [Part(unit, 0) for unit, count in enumerate(others) for _ in range(count)]
    chance.shuffle(parts)
    return parts


def _attempts_each(wanted: Wanted, *, most: int, chance: Random) -> list[int]:
    """One for every finisher; who has come back once is likelier to come back again, never more than `most` times."""
    counts = [1] * wanted.finishers
    tickets = list(range(wanted.finishers))
    left = wanted.attempts - wanted.finishers
    while left:
        place = chance.randrange(len(tickets))
        person = tickets[place]
        if counts[person] < most:
            counts[person] += 1
            tickets.append(person)
            left -= 1
        else:
            tickets[place] = tickets[-1]
            tickets.pop()
    return counts
