"""Who sends: one thread in each process that has something to send, begun when the first message is written."""

import logging
import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from app.services.keyring import Keyring
from app.services.sms.gateway import Gateway
from app.services.sms.outbox import seconds_to_next, send_due

log = logging.getLogger(__name__)
_LONGEST_NAP = 60.0


class Sender:
    """Sends through one gateway. `context` is entered for each round: what the database needs around it."""

    def __init__(
        self,
        gateway: Gateway,
        *,
        context: Callable[[], AbstractContextManager[object]],
        keyring: Callable[[], Keyring],
        clock: Callable[[], datetime],
    ) -> None:
        self.gateway = gateway
        self._context, self._keyring, self._clock = context, keyring, clock
        self._woken = threading.Condition()
        self._pid, self._running, self._again = -1, False, False

    def send_due(self) -> int:
        """Everything that is due, now and here; returns how many messages were taken."""
        return send_due(gateway=self.gateway, keyring=self._keyring(), clock=self._clock)

    def wake(self) -> None:
        """There is something to send: after the commit that wrote it. Returns at once."""
        with self._woken:
            if self._pid != os.getpid():  # a fork has no threads of its parent
                self._pid, self._running = os.getpid(), False
            self._again = True
            self._woken.notify()
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="sms", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._woken:
                self._again = False
            nap = self._round()
            with self._woken:
                if not self._again and nap is not None:
                    self._woken.wait(min(nap, _LONGEST_NAP))
                elif not self._again:
                    self._running = False
                    return

    def _round(self) -> float | None:
        """One round; returns when to come again. What is left after a fault waits for the next who wakes us."""
        try:
            with self._context():
                self.send_due()
                return seconds_to_next(now=self._clock())
        except Exception as fault:
            log.warning("short messages could not be sent: %s", type(fault).__name__)
            return None
