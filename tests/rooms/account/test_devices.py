"""The devices on which I am signed in: seen, and signed out from afar."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app.extensions import db
from app.models import Account, Entry, Session, Throttle
from tests.support import people
from tests.support.asking import asked_and_back, asked_to_sign_in, count, look, only_own_forms, words
from tests.support.visitor import Visitor

ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/143.0.0.0 Mobile Safari/537.36"
AGENTS = {
    ANDROID: "Điện thoại Android",
    "Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 Chrome/143.0.0.0": "Máy tính bảng Android",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Zalo iOS/1": "iPhone",
    "Mozilla/5.0 (iPad; CPU OS 12_2 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148": "iPad",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/143.0.0.0": "Máy tính Windows",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/143.0.0.0": "Máy tính Chromebook",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15": "Máy tính Mac",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Máy tính Linux",
    "Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 KAIOS/2.5": "Điện thoại khác",
    "<script>alert(1)</script>": "Thiết bị khác",
    "": "Thiết bị khác",
}


def sign_in(app: Flask, entry: Entry, agent: str = ANDROID) -> Visitor:
    """Another browser of hers."""
    browser = Visitor(app)
    browser.client.environ_base["HTTP_USER_AGENT"] = agent
    people.sign_in(browser, app, look(app, lambda: db.session.get_one(Account, entry.account_id)))
    return browser


def cards(visitor: Visitor) -> list[str]:
    """What is said of each device."""
    return [words(card) for card in visitor.visit("/toi/thiet-bi").page.select("section.card")]


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: AGENTS[agent])
def test_a_coarse_word_for_each_kind(contestant: Entry, app: Flask, agent: str) -> None:
    browser = sign_in(app, contestant, agent)
    (mine, _) = cards(browser)
    assert mine.startswith(f"{AGENTS[agent]} Đang dùng Đăng nhập từ ")
    assert f"Dùng gần nhất ngày {datetime.now(UTC) + timedelta(hours=7):%d/%m/%Y}." in mine
    held = look(app, lambda: str([vars(row) for row in db.session.scalars(select(Session))]))
    assert "Mozilla" not in held


def test_all_of_hers_are_listed_and_nobody_else_s(
    contestant: Entry, visitor: Visitor, other: Visitor, app: Flask
) -> None:
    assert "Đăng xuất" not in cards(visitor)[0]
    assert "mọi thiết bị khác" not in visitor.text
    for agent in list(AGENTS)[:3]:
        sign_in(app, contestant, agent)
    shown = cards(visitor.visit("/toi").click("Thiết bị đang đăng nhập"))
    assert [card.split(" Đăng nhập từ ")[0] for card in shown] == [
        "Thiết bị khác Đang dùng",
        "iPhone",
        "Máy tính bảng Android",
        "Điện thoại Android",
    ]
    assert len(cards(other)) == 1


def test_one_is_signed_out_from_afar(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    phone, tablet = sign_in(app, contestant), sign_in(app, contestant, list(AGENTS)[1])
    visitor.visit("/toi/thiet-bi").submit("Đăng xuất thiết bị đó")  # the newest stands first
    assert visitor.path == "/toi/thiet-bi"
    assert "Đã đăng xuất thiết bị đó." in visitor.text
    asked_to_sign_in(tablet.client.get("/toi"), back="/toi")
    assert phone.visit("/toi").path == "/toi"
    assert len(cards(visitor)) == 2


def test_all_others_at_once(contestant: Entry, visitor: Visitor, other: Visitor, app: Flask) -> None:
    browsers = [sign_in(app, contestant) for _ in range(3)]
    visitor.visit("/toi/thiet-bi").submit("Đăng xuất mọi thiết bị khác")
    assert "Mọi thiết bị khác đã được đăng xuất." in visitor.text
    for browser in browsers:
        asked_to_sign_in(browser.client.get("/toi"), back="/toi")
    assert visitor.visit("/toi").path == other.visit("/toi").path == "/toi"


@pytest.mark.parametrize("which", ["theirs", "own", "token", "prefix", "%", "_", "", "khac ", "\0"])
def test_what_is_no_other_session_of_hers_is_nothing(
    contestant: Entry, visitor: Visitor, other: Visitor, app: Flask, which: str
) -> None:
    hashes = look(
        app,
        lambda: {
            "own" if row.account_id == contestant.account_id else "theirs": row.token_hash
            for row in db.session.scalars(select(Session))
        },
    )
    named = {"theirs": hashes["theirs"][:16], "own": hashes["own"][:16], "prefix": "", "%": "%" * 16, "_": "_" * 16}
    named["token"] = hashes["theirs"]
    token = visitor.visit("/toi").value("csrf_token")
    answer = visitor.client.post("/toi/thiet-bi", data={"phien": named.get(which, which), "csrf_token": token})
    assert answer.status_code == 404
    assert count(app, Session) == [2]


def test_the_same_press_twice_ends_nothing_more(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    sign_in(app, contestant)
    sign_in(app, contestant)
    form = visitor.visit("/toi/thiet-bi").form_with("Đăng xuất thiết bị đó")
    data = {"csrf_token": form.select("[name=csrf_token]")[0]["value"], "phien": form.select("button")[0]["value"]}
    assert [visitor.client.post("/toi/thiet-bi", data=data).status_code for _ in range(2)] == [303, 404]
    assert count(app, Session) == [2]


@pytest.fixture
def tomorrow(contestant: Entry) -> Iterator[datetime]:
    """The next day in Vietnam, one minute after midnight there."""
    midnight = (datetime.now(UTC) + timedelta(hours=7)).replace(hour=0, minute=1) + timedelta(days=1)
    with time_machine.travel(midnight - timedelta(hours=7), tick=True):
        yield midnight


def test_the_day_is_noted_once_and_only_when_something_is_done(
    contestant: Entry, visitor: Visitor, app: Flask, tomorrow: datetime
) -> None:
    def seen() -> object:
        return look(app, lambda: db.session.scalars(select(Session.seen_on)).one())

    before = seen()
    visitor.visit("/toi")
    assert seen() == before
    data = {"csrf_token": visitor.value("csrf_token"), "phien": "khac"}
    assert visitor.client.post("/toi/thiet-bi", data=data).status_code == 303
    assert seen() == tomorrow.date() != before


def test_expired_sessions_are_neither_shown_nor_kept(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    sign_in(app, contestant)
    with app.app_context():
        mine = visitor.visit("/toi/thiet-bi").form_with("Đăng xuất thiết bị đó").select("button")[0]["value"]
        db.session.execute(update(Session).where(Session.token_hash.startswith(mine)).values(expires_at=past))
        db.session.add(Throttle(key="k" * 64, failures=1, blocked_until=None, updated_at=past - timedelta(days=1)))
        db.session.add(Throttle(key="l" * 64, failures=1, blocked_until=None, updated_at=past))
        db.session.commit()
    assert len(cards(visitor)) == 1
    assert count(app, Session, Throttle) == [2, 2]
    outcome = app.test_cli_runner().invoke(args=["account", "sweep"])
    assert (outcome.exit_code, outcome.output) == (
        0,
        "Đã dọn 1 phiên đăng nhập hết hạn, 1 dòng đếm lần thử sai, 0 mã và 0 tin nhắn đã cũ, 0 mã của kiosk.\n",
    )
    assert count(app, Session, Throttle) == [1, 1]
    assert visitor.visit("/toi").path == "/toi"


def test_staff_too(organiser: Visitor) -> None:
    assert len(cards(organiser)) == 1


def test_not_signed_in(contestant: Entry, app: Flask) -> None:
    asked_and_back(app, "/toi/thiet-bi")


def test_only_own_forms(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    sign_in(app, contestant)
    only_own_forms(visitor, "/toi/thiet-bi", {"phien": "khac"})
    assert count(app, Session) == [2]


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_wrong_method(visitor: Visitor, method: str) -> None:
    assert getattr(visitor.client, method)("/toi/thiet-bi").status_code == 405
