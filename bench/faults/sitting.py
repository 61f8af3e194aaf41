"""One contestant under bad conditions: taps, saves as the page does, reloads, a second phone, no JavaScript, submit."""

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.faults.ledger import Delivery, Ledger, Mark
from bench.faults.line import CUTS, Fault, Line
from bench.faults.pages import TOKEN, Page, read_paper_page, read_result_page
from bench.support.contestant import Reply, request_bytes

WEIGHTS = {
    "save": {
        None: 58,
        Fault.CUT_SENDING: 6,
        Fault.CUT_WAITING: 7,
        Fault.CUT_READING: 7,
        Fault.DOUBLED: 6,
        Fault.LATE_DOUBLE: 8,
        Fault.HELD: 8,
    },
    "submit": {
        None: 30,
        Fault.CUT_SENDING: 10,
        Fault.CUT_WAITING: 15,
        Fault.CUT_READING: 10,
        Fault.DOUBLED: 20,
        Fault.LATE_DOUBLE: 15,
    },
    "look": {None: 85, Fault.CUT_SENDING: 5, Fault.CUT_WAITING: 5, Fault.CUT_READING: 5},
}


class Kind(StrEnum):
    """How somebody sits the exam."""

    SCRIPTED = "one page with JavaScript"
    TWO_PAGES = "two pages or phones on one attempt"
    PLAIN = "without JavaScript"


class Told(StrEnum):
    """What came of sending a sheet."""

    SAVED = "saved"
    LOST = "lost"
    OVERTAKEN = "overtaken"
    OVER = "over"


@dataclass(slots=True)
class Device:
    """A signed-in browser: its line, and another one for doubles."""

    cookie: str
    line: Line
    second: Line


class Sitting:
    """One contestant and one attempt. `until` is when tapping ends, as time.monotonic() counts."""

    def __init__(
        self, base: str, cookies: list[str], kind: Kind, *, tally: Counter[str], rng: random.Random, until: float
    ) -> None:
        parts = urlsplit(base)
        address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.host, self.kind, self.tally, self.rng, self.until = parts.netloc, kind, tally, rng, until
        self.devices = [Device(c, Line(address, tally, rng), Line(address, tally, rng)) for c in cookies]
        self._address = address
        self.ledger, self.path = Ledger(), ""
        self.taps = 0
        self.surprises: list[str] = []
        self._turn = asyncio.Lock()
        self._late: set[asyncio.Task[None]] = set()

    @property
    def attempt_id(self) -> int:
        """The attempt's number, once it was started."""
        return int(self.path.rpartition("/")[2])

    async def sit(self) -> None:
        """From the button “Bắt đầu làm bài” to the result, and until nothing is on its way any more."""
        await self._start(self.devices[0])
        work = self._without_script if self.kind is Kind.PLAIN else self._with_script
        await asyncio.gather(*(work(device) for device in self.devices))
        for device in self.devices:
            await self.look_at_result(device, troubled=True)
        while self._late:
            await asyncio.gather(*self._late, return_exceptions=True)
        await self.look_at_result(self.devices[0], troubled=False)
        for device in self.devices:
            device.line.hang_up()
            device.second.hang_up()

    # The ways through the exam

    async def _start(self, device: Device) -> None:
        while not self.path:
            intro = await self._look(device, "/thi")
            token = TOKEN.search(intro.page)
            if token is None:
                raise ValueError(f"no way into the exam: {intro.status}")
            fields = urlencode({"csrf_token": token.group(1).decode()})
            reply = await self._post(device, "/thi", fields, None, "submit")
            if reply is not None and re.fullmatch(r"/thi/\d+", reply.location):
                self.path = reply.location

    async def _with_script(self, device: Device) -> None:
        page = await self._load(device)
        while page is not None and not (self._tapped_enough() and page.full):
            if len(self.devices) > 1 and self.rng.random() < 0.8:  # else both at the same time
                async with self._turn:
                    page = await self._some_taps(device, page)
            else:
                page = await self._some_taps(device, page)
        while page is not None:
            page = await self._submit_with_script(device, page)

    async def _some_taps(self, device: Device, page: Page) -> Page | None:
        for _ in range(self.rng.randint(1, 5)):
            await asyncio.sleep(self.rng.uniform(0, 0.15))
            self._tap(page)
            told = await self._autosave(device, page)
            while told is Told.LOST:
                await asyncio.sleep(self.rng.uniform(0.02, 0.3))
                if self.rng.random() < 0.25:
                    self.tally["reloads with something unsaved"] += 1
                    return await self._reload(device, page)
                if self.rng.random() < 0.3:
                    self._tap(page)
                told = await self._autosave(device, page)
            if told is not Told.SAVED:
                return await self._load(device)
        if self.rng.random() < 0.1:
            return await self._press_save(device, page)
        return page

    async def _reload(self, device: Device, page: Page) -> Page | None:
        """The browser starts again; what exam.js had kept comes back by its rule and is saved at once."""
        fresh = await self._load(device)
        if fresh is None or (page.hidden["base"] != fresh.hidden["base"] and fresh.saved_by != page.name):
            return fresh
        fresh.chosen = dict(page.chosen)
        told = await self._autosave(device, fresh)
        return fresh if told in (Told.SAVED, Told.LOST) else await self._load(device)

    async def _press_save(self, device: Device, page: Page) -> Page | None:
        """“Lưu và xem thời gian” on a page with JavaScript: the form itself, which brings a new page."""
        self._tap(page)
        page.number += 1
        fields, mark = page.fields(str(page.number)), (page.name, page.number)
        while await self._post(device, self.path, fields, (mark, page.answers), "save") is None:
            await asyncio.sleep(0.05)
        return await self._load(device)

    async def _submit_with_script(self, device: Device, page: Page) -> Page | None:
        told = await self._autosave(device, page)
        while told is Told.LOST:
            await asyncio.sleep(self.rng.uniform(0.02, 0.2))
            told = await self._autosave(device, page)
        if told is not Told.SAVED:
            return await self._load(device)
        page.number += 1
        return await self._submit(device, page, str(page.number))

    async def _without_script(self, device: Device) -> None:
        page = await self._load(device)
        while page is not None and not (self._tapped_enough() and page.full):
            for _ in range(self.rng.randint(1, 4)):
                self._tap(page)
            await asyncio.sleep(self.rng.uniform(0, 0.4))
            page = await self._press(device, page)
        while page is not None:
            page.number += 1
            page = await self._submit(device, page, "")

    async def _press(self, device: Device, page: Page) -> Page | None:
        """“Lưu và xem thời gian”, again with the same form while no reply comes; then the page that follows."""
        page.number += 1
        mark = (page.name, page.number)
        reply = None
        while reply is None:
            reply = await self._post(device, self.path, page.fields(""), (mark, page.answers), "save", page=page)
            await asyncio.sleep(0.05)
        fresh = await self._load(device)
        if fresh is not None and reply.status == 303 and not page.troubled and self.rng.random() < 0.2:
            self.tally["back button, then on"] += 1
            return page
        return fresh

    async def _submit(self, device: Device, page: Page, number: str) -> Page | None:
        """“Nộp bài”, again while no reply comes. A page comes back when there is something to do on it."""
        fields, mark = page.fields(number), (page.name, page.number)
        reply = None
        while reply is None:
            self.ledger.enders.add(page.name)
            reply = await self._post(device, f"{self.path}/nop", fields, (mark, page.answers), "submit")
            if reply is None:
                self.tally["submits sent again after no reply"] += 1
                await asyncio.sleep(self.rng.uniform(0.02, 0.2))
        if reply.status == 303 and reply.location == f"{self.path}/nop":
            await self._confirm(device, page)
        return await self._load(device)

    async def _confirm(self, device: Device, page: Page) -> None:
        """The page that asks once more because questions are still open: yes."""
        fields = urlencode({"csrf_token": page.hidden["csrf_token"], "confirmed": "1"})
        self.ledger.enders.add("the page that asks once more")
        while await self._post(device, f"{self.path}/nop", fields, None, "submit") is None:
            await asyncio.sleep(0.05)

    async def look_at_result(self, device: Device, *, troubled: bool) -> None:
        """Read the result page and note what it says."""
        reply = await self._look(device, f"{self.path}/ket-qua", troubled=troubled)
        if reply.status == 200:
            self.ledger.results.add(read_result_page(reply.page))
        else:
            self.surprises.append(f"result {reply.status} {reply.location}")

    # What a person does to a page

    def _tapped_enough(self) -> bool:
        return self.taps >= 20 or time.monotonic() > self.until

    def _tap(self, page: Page) -> None:
        """Change one answer, an open question first; never back to a sheet that this page has sent before."""
        sent = {sheet for (name, _), sheet in self.ledger.sheets.items() if name == page.name}
        sent.add(self.ledger.parents[page.name][1])
        sent.add(page.answers)
        before = page.chosen
        for _ in range(50):
            still_open = [question for question in sorted(page.options) if not before[question]]
            anyone = not still_open or self.rng.random() < 0.15
            question = self.rng.choice(sorted(page.options)) if anyone else still_open[0]
            several, values = page.options[question]
            value = self.rng.choice(values)
            ticked = before[question] ^ {value} if several else frozenset({value})
            page.chosen = before | {question: frozenset(ticked)}
            if page.answers not in sent:
                self.taps += 1
                return
        page.chosen = before

    async def _autosave(self, device: Device, page: Page) -> Told:
        page.number += 1
        fields, mark = page.fields(str(page.number)), (page.name, page.number)
        reply = await self._post(device, self.path, fields, (mark, page.answers), "save", htmx=True, page=page)
        if reply is None:
            return Told.LOST
        return {200: Told.SAVED, 409: Told.OVERTAKEN, 410: Told.OVER}.get(reply.status, Told.LOST)

    # The line

    async def _load(self, device: Device) -> Page | None:
        """The paper as it stands, or None when the attempt has ended."""
        asked = time.monotonic()
        reply = await self._look(device, self.path)
        if reply.status == 303 and reply.location == f"{self.path}/ket-qua":
            return None
        page = read_paper_page(reply.page)
        self.ledger.loaded(page.name, page.saved_by, page.answers, asked)
        return page

    async def _look(self, device: Device, path: str, *, troubled: bool = True) -> Reply:
        message = request_bytes("GET", path, host=self.host, cookie=device.cookie)
        while True:
            fault = self._fault("look") if troubled else None
            reply = await device.line.ask(message, fault)
            if reply is not None and reply.status in (200, 303):
                return reply
            if reply is not None and reply.status < 500:
                raise ValueError(f"GET {path}: {reply.status}")
            await asyncio.sleep(0.05)

    def _fault(self, what: str) -> Fault | None:
        weights = WEIGHTS[what]
        return self.rng.choices(list(weights), list(weights.values()))[0]

    async def _post(
        self,
        device: Device,
        path: str,
        fields: str,
        sheet: tuple[Mark, str] | None,
        what: str,
        *,
        htmx: bool = False,
        page: Page | None = None,
    ) -> Reply | None:
        """Send a form once, with whatever befalls it; None when this browser read no whole reply."""
        message = request_bytes(
            "POST", path, host=self.host, cookie=device.cookie, fields=fields, htmx_from=self.path if htmx else None
        )
        fault = self._fault(what)
        if fault and page:
            page.troubled = True
        if fault is Fault.HELD:
            delivery = self.ledger.send(*sheet) if sheet else None
            self._later(self._deliver_late(message, sheet, fault, delivery))
            await asyncio.sleep(self.rng.uniform(0, 0.1))
            return None
        if fault is Fault.DOUBLED:
            self.tally[fault] += 1
            both = await asyncio.gather(
                self._send(device.line, message, sheet), self._send(device.second, message, sheet)
            )
            return both[0]
        reply = await self._send(device.line, message, sheet, cut=fault if fault in CUTS else None)
        if page is not None and reply is None:
            page.troubled = True
        if fault is Fault.LATE_DOUBLE and sheet is not None:
            self._later(self._deliver_late(message, sheet, fault, None))
        return reply

    def _later(self, deed: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(deed)
        self._late.add(task)
        task.add_done_callback(self._late_is_done)

    def _late_is_done(self, task: asyncio.Task[None]) -> None:
        self._late.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            self.surprises.append(repr(fault))

    async def _deliver_late(
        self, message: bytes, sheet: tuple[Mark, str] | None, fault: Fault, delivery: Delivery | None
    ) -> None:
        """Deliver when something newer has been acknowledged, or after two seconds."""
        latest = time.monotonic() + 2
        while sheet and time.monotonic() < latest and not self.ledger.behind(sheet[0]):
            await asyncio.sleep(0.02)
        await asyncio.sleep(self.rng.choice([0, self.rng.uniform(0, 0.5)]))
        self.tally[fault] += 1
        if sheet and self.ledger.behind(sheet[0]):
            self.tally["… of all late ones, behind a newer acknowledged sheet"] += 1
        line = Line(self._address, self.tally, self.rng)
        await self._send(line, message, sheet, delivery=delivery)
        line.hang_up()

    async def _send(
        self,
        line: Line,
        message: bytes,
        sheet: tuple[Mark, str] | None,
        *,
        cut: Fault | None = None,
        delivery: Delivery | None = None,
    ) -> Reply | None:
        if sheet and delivery is None:
            delivery = self.ledger.send(*sheet)
        reply = await line.ask(message, cut)
        if reply is not None:
            if delivery is not None:
                delivery.ended = time.monotonic()
            self._understand(reply, sheet[0] if sheet else None)
        return reply

    def _understand(self, reply: Reply, mark: Mark | None) -> None:
        """Note what a whole reply acknowledges."""
        result, here = f"{self.path}/ket-qua", reply.location
        match reply.status:
            case 200 if mark and not reply.header("HX-Redirect"):
                self.ledger.acknowledge(mark)
            case 303 if here == result:
                if mark and self.ledger.enders == {mark[0]}:  # else the other page's submit may have come first
                    self.ledger.acknowledge(mark)
            case 303 if re.fullmatch(r"/thi/\d+(/nop)?", here):
                if mark:
                    self.ledger.acknowledge(mark)
            case 409:
                self.tally["told that another page was newer (409)"] += 1
            case 410:
                self.tally["told that the exam is over (410)"] += 1
            case status if status < 500:
                self.surprises.append(f"{status} {here}")
