"""Desks: four at a time, one at the door, and whoever waits for a hash keeps nobody from working."""

import threading
from contextlib import nullcontext

import pytest
from flask import Flask
from werkzeug.exceptions import LengthRequired, ServiceUnavailable

from app.web import desks
from app.web.desks import AT_THE_DOOR, DESKS, Desks
from tests.support.visitor import Visitor

DOOR, ROOM = {"PATH_INFO": "/dang-nhap"}, {"PATH_INFO": "/thi/1"}
WAIT = 10


class Crowd:
    """People who sit down, in threads of their own, until they are told to go."""

    def __init__(self, house: Desks) -> None:
        self.house, self.go = house, threading.Event()
        self.seated = threading.Semaphore(0)
        self._threads: list[threading.Thread] = []

    def come(self, where: dict[str, str], count: int, *, aside: bool = False) -> None:
        def sit() -> None:
            with self.house.seat(dict(where)):
                if aside:
                    with self.house.aside():
                        self.seated.release()
                        self.go.wait(WAIT)
                else:
                    self.seated.release()
                    self.go.wait(WAIT)

        for _ in range(count):
            self._threads.append(threading.Thread(target=sit))
            self._threads[-1].start()

    def seats(self, count: int) -> bool:
        """Whether so many more come to sit, and no further one."""
        return all(self.seated.acquire(timeout=WAIT) for _ in range(count)) and not self.seated.acquire(timeout=0.1)

    def leave(self) -> None:
        self.go.set()
        for thread in self._threads:
            thread.join(WAIT)
            assert not thread.is_alive()


@pytest.fixture
def crowd() -> Crowd:
    return Crowd(Desks())


def test_no_more_than_there_are_desks(crowd: Crowd) -> None:
    crowd.come(ROOM, DESKS + 3)
    assert crowd.seats(DESKS)
    crowd.leave()


def test_one_after_the_other_at_the_door_while_the_room_has_places(crowd: Crowd) -> None:
    crowd.come(DOOR, 10)
    assert crowd.seats(1)
    crowd.come(ROOM, 10)
    assert crowd.seats(DESKS - 1)
    crowd.leave()


@pytest.mark.parametrize("path", ["/dang-ky", "/quen-mat-khau", "/quen-mat-khau/ma"])
def test_whoever_has_a_password_hashed_comes_by_the_same_door(crowd: Crowd, path: str) -> None:
    crowd.come(DOOR, 5)
    crowd.come({"PATH_INFO": path}, 5)
    assert crowd.seats(1)
    crowd.leave()


def test_who_waits_for_a_hash_takes_neither_desk_nor_door(crowd: Crowd) -> None:
    crowd.come(DOOR, 20, aside=True)
    assert crowd.seats(20)
    crowd.come(ROOM, DESKS + 1)
    assert crowd.seats(DESKS)
    crowd.leave()


def test_a_crowd_at_the_door_is_asked_to_come_again(crowd: Crowd) -> None:
    crowd.come(DOOR, AT_THE_DOOR, aside=True)
    assert crowd.seats(AT_THE_DOOR)
    environ: dict[str, object] = dict(DOOR)
    with crowd.house.seat(environ):
        assert environ[desks._CROWDED] is True
    environ = dict(ROOM)
    with crowd.house.seat(environ):
        assert desks._CROWDED not in environ
    crowd.leave()


def test_who_comes_back_with_a_lock_in_hand_waits_for_nobody(crowd: Crowd) -> None:
    """SQLite's pen, a row on Postgres: those at the desks may all be waiting for it."""
    with crowd.house.seat(dict(ROOM)):
        with crowd.house.aside():
            crowd.come(ROOM, DESKS)
            assert crowd.seats(DESKS)
        crowd.leave()
    crowd.go.clear()
    crowd.come(ROOM, DESKS + 1)
    assert crowd.seats(DESKS)  # and no desk was given back twice
    crowd.leave()


def test_outside_of_a_request_nothing_happens() -> None:
    house = Desks()
    for _ in range(DESKS + 1):
        with house.aside():
            pass
    with house.seat(dict(ROOM)), house.aside():
        pass


def test_the_page_of_a_crowd(app: Flask, visitor: Visitor) -> None:
    answer = visitor.client.get("/dang-nhap", environ_overrides={desks._CROWDED: True})
    assert (answer.status_code, answer.headers["Retry-After"]) == (ServiceUnavailable.code, "5")
    assert "Hệ thống đang bận" in answer.text


@pytest.mark.parametrize(
    ("where", "aside", "relieved"), [(DOOR, True, 1), (ROOM, True, 1), (DOOR, False, 1), (ROOM, False, 0)]
)
def test_a_server_s_own_thread_is_relieved_once_before_it_waits(
    where: dict[str, str], aside: bool, relieved: int
) -> None:
    house, came = Desks(), []

    def serve() -> None:
        desks.sit_down(relief=lambda: came.append(desks.is_seated()))
        with house.seat(dict(where)), house.aside() if aside else nullcontext():
            assert desks.is_seated() is not bool(relieved)

    thread = threading.Thread(target=serve)
    thread.start()
    thread.join(WAIT)
    assert came == [False] * relieved


def test_a_body_of_unknown_length_is_not_waited_for(visitor: Visitor) -> None:
    answer = visitor.client.post("/dang-nhap", environ_overrides={"HTTP_TRANSFER_ENCODING": "chunked"})
    assert answer.status_code == LengthRequired.code
