"""Long work in small transactions: people register and save answers meanwhile."""

import time
from collections.abc import Callable

from app.extensions import db


def in_small_steps(some: Callable[[], int], *, pause: float = 0) -> int:
    """Do some of the work, commit, and again, until a step finds nothing; returns the sum. `pause` in seconds."""
    total = 0
    while count := some():
        db.session.commit()
        total += count
        time.sleep(pause)
    db.session.rollback()  # on SQLite the last look held the pen
    return total
