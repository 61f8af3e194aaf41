"""A phone's line in user space: a proxy on loopback that delays, narrows, loses and cuts, and counts every byte.

It works on streams, not on packets, so it stands for a line like this: each direction carries `bits_per_second`, shared
by all connections; a byte needs half a round trip; opening a connection costs one round trip for TCP and one for TLS
1.3 (whose own bytes are not counted). A lost packet of 1,460 bytes holds its connection up for the retransmission
time-out of RFC 6298 (1 s, doubled for each further loss), the others go on. While the line is cut nothing passes;
what was under way comes after the end, late by one such time-out. TCP's slow start is left out: answers of up to
14 kB fit its first window.
"""

import asyncio
import contextlib
import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_PACKET = 1460
_TIMEOUT = 1.0
_REQUEST = re.compile(rb"(GET|POST|HEAD) (\S+) HTTP/1\.1\r\n")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of line: round trip in seconds, bits a second, share of packets lost. All zero: no line at all."""

    round_trip: float = 0.0
    bits_per_second: float = 0.0
    loss: float = 0.0


@dataclass(slots=True)
class Exchange:
    """One request and what came back, in bytes with the headers; `head`: of it, the answer's headers."""

    method: str
    path: str
    up: int = 0
    down: int = 0
    head: int = 0


@dataclass(slots=True)
class _Way:
    """One direction of the line; `free_at`: when the last byte that was put on it will have left."""

    free_at: float = 0.0
    packets: int = 0
    lost: int = 0


@dataclass(slots=True)
class ThinLine:
    """The line to a portal; `base` is the address to visit, `exchanges` what went over it so far."""

    target: tuple[str, int]
    kind: Kind = field(default_factory=Kind)
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    base: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    _up: _Way = field(default_factory=_Way)
    _down: _Way = field(default_factory=_Way)
    _dead_until: float = 0.0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def lost(self) -> int:
        """Packets that were lost on the way."""
        return self._up.lost + self._down.lost

    def cut(self, seconds: float) -> None:
        """Nothing passes for so long, from now on."""
        self._dead_until = self._loop.time() + seconds

    def run(self, opened: threading.Event) -> None:
        """Carry until `end`; sets `opened` when `base` can be visited."""
        self._loop.run_until_complete(self._listen(opened))
        rest = asyncio.all_tasks(self._loop)
        for task in rest:
            task.cancel()
        if rest:
            self._loop.run_until_complete(asyncio.wait(rest))
        self._loop.close()

    def end(self) -> None:
        """From another thread: drop every connection."""
        self._loop.call_soon_threadsafe(self._over.set)

    async def _listen(self, opened: threading.Event) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        opened.set()
        await self._over.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            beyond_reader, beyond_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.close()
            return
        shaken = self._loop.time() + 2 * self.kind.round_trip  # TCP and TLS
        mine: list[Exchange] = []
        ways = (
            self._carry(reader, beyond_writer, self._up, shaken, mine),
            self._carry(beyond_reader, writer, self._down, shaken, mine),
        )
        with contextlib.suppress(asyncio.CancelledError):  # the end of the line
            await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, beyond_writer):
            end.transport.abort()

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        way: _Way,
        shaken: float,
        mine: list[Exchange],
    ) -> None:
        """One direction of one connection, in order."""
        due = shaken
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.create_task(self._deliver(under_way, writer))
        try:
            while data := await reader.read(65536):
                self._note(data, way, mine)
                for start in range(0, len(data), _PACKET):
                    packet = data[start : start + _PACKET]
                    due = max(due, self._arrival(len(packet), way, after=shaken))
                    under_way.put_nowait((due, packet))
        finally:
            under_way.put_nowait((due, b""))
            await arriving

    def _arrival(self, size: int, way: _Way, after: float) -> float:
        """When a packet that is sent now arrives."""
        now = max(self._loop.time(), after if way is self._up else 0.0)
        if self.kind.bits_per_second:
            way.free_at = max(now, way.free_at) + size * 8 / self.kind.bits_per_second
            now = way.free_at
        arrives = now + self.kind.round_trip / 2
        way.packets += 1
        wait = _TIMEOUT
        while self.rng.random() < self.kind.loss:
            way.lost += 1
            arrives += wait
            wait *= 2
        return arrives

    async def _deliver(self, under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, packet = await under_way.get()
                await asyncio.sleep(max(0.0, due - self._loop.time()))
                while (rest := self._dead_until - self._loop.time()) > 0:
                    await asyncio.sleep(rest + _TIMEOUT * self.rng.random())
                if not packet:
                    break
                writer.write(packet)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()

    def _note(self, data: bytes, way: _Way, mine: list[Exchange]) -> None:
        if way is self._up:
            if found := _REQUEST.match(data):
                mine.append(Exchange(found.group(1).decode(), found.group(2).decode()))
                self.exchanges.append(mine[-1])
            if mine:
                mine[-1].up += len(data)
        elif mine:
            if not mine[-1].down:  # gunicorn sends the headers in one piece
                mine[-1].head = data.find(b"\r\n\r\n") + 4
            mine[-1].down += len(data)


@contextmanager
def thin_line(base: str, kind: Kind | None = None, *, seed: int = 1) -> Iterator[ThinLine]:
    """A line to the portal at `base`, open until the end of the block; it runs in a thread of its own."""
    parts = urlsplit(base)
    line = ThinLine((str(parts.hostname), int(parts.port or 80)), kind or Kind(), random.Random(seed))
    opened = threading.Event()
    thread = threading.Thread(target=line.run, args=[opened], name="thin line")
    thread.start()
    opened.wait()
    try:
        yield line
    finally:
        line.end()
        thread.join()
