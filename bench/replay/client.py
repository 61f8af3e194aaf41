"""One client process: its people's phones, hour after hour, as many at once as the hour is busy."""

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from app.services.demo.people import invent_citizen_number, invent_phone
from bench.replay.plan import Hour, Stage, Total, Visit, plan, unit_of
from bench.replay.tally import Tally
from bench.support.contestant import Contestant, Line, Reply, read_sheet
from bench.support.people import PASSWORD

_STROLLS = ("/", "/", "/", "/bang-xep-hang", "/bang-xep-hang/ca-nhan", "/lan-toa", "/so-lieu")
_STROLL = 20  # pages on one line


class Unexpected(RuntimeError):
    """An answer that no person would have got."""


@dataclass(slots=True)
class Task:
    """What every client is told."""

    base: str
    total: Total
    seed: int
    client: int
    clients: int
    lanes: int
    units: Sequence[str]
    lessons: Sequence[str]


@dataclass(slots=True)
class City:
    """The people of one client."""

    task: Task
    tally: Tally = field(default_factory=Tally)
    phones: dict[int, tuple[str, str]] = field(default_factory=dict)  # person → cookie, token

    def live(self) -> Tally:
        """All hours."""
        task, began = self.task, time.process_time()
        for hour in plan(task.total, seed=task.seed, client=task.client, clients=task.clients):
            self._hour(hour)
        self.tally.cpu = time.process_time() - began
        return self.tally

    def _hour(self, hour: Hour) -> None:
        work: deque[Callable[[Line], None]] = deque(self._visiting(visit) for visit in hour.visits)
        work.extend(self._strolling(min(_STROLL, hour.strolls - n), n) for n in range(0, hour.strolls, _STROLL))
        lanes = [
            threading.Thread(target=self._lane, args=(work,)) for _ in range(max(1, round(self.task.lanes * hour.rush)))
        ]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()

    def _lane(self, work: "deque[Callable[[Line], None]]") -> None:
        while True:
            try:
                task = work.popleft()
            except IndexError:
                return
            line = Line(self.task.base)
            try:
                task(line)
            except Exception as fault:  # a bench goes on and tells at the end
                self.tally.errors.append(repr(fault))
            finally:
                line.hang_up()

    def _strolling(self, pages: int, start: int) -> Callable[[Line], None]:
        def stroll(line: Line) -> None:
            visitor = Contestant(line)
            for page in range(start, start + pages):
                path = _STROLLS[page % len(_STROLLS)]
                self._ask(f"GET {path}", 200, lambda path=path: visitor.ask("GET", path))  # type: ignore[misc]

        return stroll

    def _visiting(self, visit: Visit) -> Callable[[Line], None]:
        steps = {
            Stage.REGISTER: self._register,
            Stage.LEARN: self._learn,
            Stage.SIT: self._sit,
            Stage.TELL: self._tell,
            Stage.CERTIFY: self._certify,
        }

        def go(line: Line) -> None:
            who = Contestant(line, *self.phones.pop(visit.person, ("", "-")))
            for stage in visit.stages:
                steps[stage](who, visit.person)
            self.phones[visit.person] = who.cookie, who.token

        return go

    def _ask(self, step: str, expected: int, ask: Callable[[], Reply]) -> Reply:
        began = time.perf_counter()
        reply = ask()
        milliseconds = 1000 * (time.perf_counter() - began)
        self.tally.add(step, milliseconds, reply.status, len(reply.head) + 4 + len(reply.body))
        if reply.status != expected:
            raise Unexpected(f"{step}: {reply.status} instead of {expected}")
        return reply

    def _register(self, who: Contestant, person: int) -> None:
        self._ask("GET /dang-ky", 200, lambda: who.look("/dang-ky"))
        number = invent_citizen_number(person + 1)
        fields = {
            "csrf_token": who.token,
            "full_name": "Trần Văn Mẫu",
            "phone": "0" + invent_phone(person)[3:],
            "citizen_id": number,
            "citizen_checked": number,  # no office issues such a number: the form asks to look again
            "unit": unit_of(person, self.task.units),
            "password": PASSWORD,
            "consent_contest": "y",
            "consent_boards": "y",
        }
        reply = self._ask("POST /dang-ky", 303, lambda: who.ask("POST", "/dang-ky", fields=urlencode(fields)))
        who.keep_cookie(reply)
        self._ask(f"GET {reply.location}", 200, lambda: who.look(reply.location))

    def _learn(self, who: Contestant, _person: int) -> None:
        for number, lesson in enumerate(self.task.lessons):
            look = who.look if number == 0 else lambda path: who.ask("GET", path)
            self._ask("GET /hoc/…", 200, lambda look=look, lesson=lesson: look(lesson))  # type: ignore[misc]
            self._ask("POST /hoc/…", 303, lambda lesson=lesson: self._post(who, lesson))  # type: ignore[misc]

    def _post(self, who: Contestant, path: str, **fields: str) -> Reply:
        return who.ask("POST", path, fields=urlencode({"csrf_token": who.token} | fields))

    def _sit(self, who: Contestant, person: int) -> None:
        self._ask("GET /thi", 200, lambda: who.ask("GET", "/thi"))
        path = self._ask("POST /thi", 303, who.start).location
        paper = self._ask("GET /thi/<attempt>", 200, lambda: who.ask("GET", path))
        sheet = read_sheet(path, paper.page)
        for place, (name, options) in enumerate(sheet.options.items()):
            sheet.chosen[name] = options[(person + place) % len(options)]
            self._ask("POST /thi/<attempt>", 200, lambda: who.save(sheet))
        self._ask("POST /thi/<attempt>/nop", 303, lambda: who.submit(sheet))
        self._ask("GET /thi/<attempt>/ket-qua", 200, lambda: who.ask("GET", f"{path}/ket-qua"))

    def _tell(self, who: Contestant, person: int) -> None:
        self._ask("GET /lan-toa/gui", 200, lambda: who.ask("GET", "/lan-toa/gui"))
        body = f"Mỗi nhà một người học số, cả phố cùng an toàn trên mạng, lời nhắn thứ {person}."
        story = {"kind": "message", "body": body, "consent_story": "y"}
        self._ask("POST /lan-toa/gui", 303, lambda: self._post(who, "/lan-toa/gui", **story))

    def _certify(self, who: Contestant, _person: int) -> None:
        self._ask("GET /chung-nhan", 200, lambda: who.ask("GET", "/chung-nhan"))
        self._ask("POST /chung-nhan", 303, lambda: self._post(who, "/chung-nhan"))
        page = self._ask("GET /chung-nhan", 200, lambda: who.ask("GET", "/chung-nhan")).page
        found = re.search(rb'href="(/chung-nhan/[^"]+\.pdf)"', page)
        if found is None:
            raise Unexpected("GET /chung-nhan: no PDF on it")
        self._ask("GET /chung-nhan/<code>.pdf", 200, lambda: who.ask("GET", found.group(1).decode()))


def live(task: Task) -> Tally:
    """All hours of one client; what its process does."""
    return City(task).live()
