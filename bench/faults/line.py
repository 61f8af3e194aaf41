"""One phone's line to the portal, which breaks on purpose."""

import asyncio
import contextlib
import random
import re
import socket
import struct
import time
from collections import Counter
from enum import StrEnum

from bench.support.contestant import Reply

PATIENCE = 15.0  # seconds; htmx gives up then, too
_IDLE = 1.0  # gunicorn closes a line after two idle seconds
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
_LOST = (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError)


class Fault(StrEnum):
    """What is done to a request on purpose."""

    CUT_SENDING = "cut before the request was whole"
    CUT_WAITING = "cut before the reply"
    CUT_READING = "cut in the middle of the reply"
    DOUBLED = "doubled at once, on two lines"
    LATE_DOUBLE = "doubled late"
    HELD = "held back, delivered later"


CUTS = (Fault.CUT_SENDING, Fault.CUT_WAITING, Fault.CUT_READING)


class Line:
    """A kept-alive connection; opens again by itself. `tally` counts what really happened to it."""

    def __init__(self, address: tuple[str, int], tally: Counter[str], rng: random.Random) -> None:
        self._address, self._tally, self._rng = address, tally, rng
        self._pipe: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0.0

    async def ask(self, message: bytes, cut: Fault | None = None) -> Reply | None:
        """Send one request; None when no whole reply was read."""
        self._tally["requests"] += 1
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await self._open()
                if cut is not None:
                    await self._cut(reader, writer, message, cut)
                    return None
                writer.write(message)
                await writer.drain()
                reply = await self._read(reader)
        except _LOST as loss:
            self._tally[
                "waited in vain" if isinstance(loss, TimeoutError) else "replies lost with a killed worker"
            ] += 1
            self.hang_up()
            return None
        self._used = time.monotonic()
        if b"\r\nConnection: close" in reply.head:
            self.hang_up()
        return reply

    def hang_up(self, *, abruptly: bool = False) -> None:
        """End the connection: with FIN, or with RST as a phone does that left the cell."""
        if self._pipe is None:
            return
        writer, self._pipe = self._pipe[1], None
        if abruptly:
            with contextlib.suppress(OSError):
                sock = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        else:
            writer.close()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._pipe is not None and time.monotonic() - self._used > _IDLE:
            self.hang_up()
        if self._pipe is None:
            self._pipe = await asyncio.open_connection(*self._address)
        return self._pipe

    async def _cut(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: bytes, cut: Fault
    ) -> None:
        if cut is Fault.CUT_SENDING:
            earliest = self._rng.choice([1, len(message) - 100])  # anywhere, or among the answers, which come last
            message = message[: self._rng.randrange(max(1, earliest), len(message))]
        writer.write(message)
        await writer.drain()
        if cut is Fault.CUT_WAITING:
            await asyncio.sleep(self._rng.uniform(0, 0.05))
        elif cut is Fault.CUT_READING:
            start = await reader.read(self._rng.randrange(20, 400))
            self._note_status(start)
        self._tally[cut] += 1
        self.hang_up(abruptly=self._rng.random() < 0.3)

    async def _read(self, reader: asyncio.StreamReader) -> Reply:
        head = (await reader.readuntil(b"\r\n\r\n"))[:-4]
        self._note_status(head)
        length = _LENGTH.search(head)
        body = await reader.readexactly(int(length.group(1)) if length else 0)
        return Reply(int(head[9:12]), head, body)

    def _note_status(self, start: bytes) -> None:
        if start[9:10] == b"5":
            self._tally["5xx"] += 1
