"""Passwords."""

import threading
import time

import pytest

from app.services import passwords as house
from app.services.passwords import MIN_LENGTH, Passwords, _bare, is_common, too_weak


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(cheapest=True)


def test_only_the_password_itself_matches(passwords: Passwords) -> None:
    kept = passwords.hash("hoa phượng tháng năm")
    assert passwords.matches(kept, "hoa phượng tháng năm")
    assert not passwords.matches(kept, "hoa phượng tháng sáu")
    assert not passwords.matches(kept, "")


def test_a_hash_is_argon2id_with_its_own_salt(passwords: Passwords) -> None:
    one, other = passwords.hash("mật khẩu"), passwords.hash("mật khẩu")
    assert one.startswith("$argon2id$")
    assert one != other


def test_the_normal_setting_is_as_measured() -> None:
    assert "$m=19456,t=2,p=1$" in Passwords().hash("mật khẩu")


def test_nobody_s_password_matches_nobody(passwords: Passwords) -> None:
    """Not even the one that the hash for nobody was made of."""
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches(None, "")


@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$v=19$broken"])
def test_what_is_no_hash_matches_nothing(passwords: Passwords, kept: str) -> None:
    assert not passwords.matches(kept, kept)


def test_one_hash_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rush of sign-ins must not take both cores from exams."""
    passwords = Passwords(cheapest=True)
    busy, most = 0, 0

    class Slow:
        def hash(self, _password: str) -> str:
            nonlocal busy, most
            busy += 1
            most = max(most, busy)
            time.sleep(0.02)
            busy -= 1
            return ""

        def verify(self, _hash: str, password: str) -> bool:
            return bool(self.hash(password)) or True

    monkeypatch.setattr(passwords, "_hasher", Slow())
    deeds = [lambda: passwords.hash("a"), lambda: passwords.matches("b", "b")] * 3
    threads = [threading.Thread(target=deed) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


OWN = ["Nguyễn Văn An", "0912 345 678", "031 089 123456"]


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("aaaaaaaa", True),
        ("abababab", True),
        ("11 11 11 11", True),
        ("Nguyễn Văn An", True),
        ("nguyenvanan", True),
        ("NguyenVanAn", True),
        ("nguyenvanan1", True),
        ("nguyenvanan123", True),
        ("nguyenvanan1234", False),
        ("0912345678", True),
        ("0912.345.678", True),
        ("12345678", True),  # part of the phone, as it happens
        ("031089123456", True),
        ("hoa phượng tháng năm", False),
        ("đường về nhà mình", False),
        ("M@t-kh4u!", False),
    ],
)
def test_too_weak_is_what_others_know_of_a_person(password: str, weak: bool) -> None:
    assert too_weak(password, own_words=OWN) is weak


def test_empty_and_short_words_of_a_person_forbid_nothing() -> None:
    """A form may be checked before its other fields are filled in."""
    assert not too_weak("an toàn là bạn", own_words=["", "An", "a"])


@pytest.mark.parametrize(
    "password",
    ["12345678", "11112222", "1q2w3e4r", "iloveyou", "Mật Khẩu 123", "matkhau2025", "linh123456", "Hải-Phòng 123"],
)
def test_what_everybody_thinks_of_is_common(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize("password", ["hoa phượng tháng năm", "đường về nhà mình", "cá rô kho tộ", "M@t-kh4u!", ""])
def test_a_sentence_of_one_s_own_is_not(password: str) -> None:
    assert not is_common(password)


def test_the_list_is_as_it_says() -> None:
    """Folded, sorted, each once, none that is too short to be typed at all; the head says how it was made."""
    lines = house._COMMON.read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if not line.startswith("# ") and line != "#"]
    assert "Made by rule" in lines[2]
    assert len(listed) >= 1000
    assert listed == sorted(set(listed))
    assert [line for line in listed if line != _bare(line) or len(line) < MIN_LENGTH] == []
