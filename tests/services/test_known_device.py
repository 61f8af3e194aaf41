"""Known devices: what the cookie says, and that nobody can write one."""

import pytest

from app.services.keyring import Keyring
from app.services.known_device import MOST, Device, read_device

HASH = "$argon2id$..."


def test_it_knows_who_signed_in_here_with_this_password(keys: Keyring) -> None:
    device = read_device(str(Device().remembering(7, HASH, keys)))
    assert device.knows(7, HASH, keys)
    assert not device.knows(8, HASH, keys)
    assert not device.knows(7, HASH + "new", keys)
    assert not Device().knows(7, HASH, keys)


def test_a_family_shares_one_newest_first(keys: Keyring) -> None:
    device = Device()
    for account in range(1, MOST + 2):
        device = read_device(str(device.remembering(account, HASH, keys)))
    assert [device.knows(account, HASH, keys) for account in range(1, MOST + 2)] == [False] + [True] * MOST
    again = device.remembering(3, HASH, keys)
    assert again.name == device.name
    assert (len(again.marks), again.knows(2, HASH, keys)) == (MOST, True)


def test_each_browser_has_another_name(keys: Keyring) -> None:
    one, other = (Device().remembering(7, HASH, keys) for _ in range(2))
    assert one.name != other.name
    assert one.marks != other.marks
    assert not Device(one.name, other.marks).knows(7, HASH, keys)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: None,
        lambda text: "",
        lambda text: text[:-1],
        lambda text: text + "0",
        lambda text: text + "\n",
        lambda text: text.split(".")[0],
        lambda text: text.replace(".", ";"),
        lambda text: text + ("." + "0" * 24) * MOST,
        lambda text: "ế" * 22 + text[22:],
        lambda text: "x" * 10_000,
    ],
)
def test_what_cannot_be_ours_is_an_unknown_browser(keys: Keyring, change: object) -> None:
    text = str(Device().remembering(7, HASH, keys))
    assert read_device(change(text)) == Device()  # type: ignore[operator]


def test_a_mark_of_one_s_own_making_opens_nothing(keys: Keyring) -> None:
    text = str(Device().remembering(7, HASH, keys))
    other = text[:-1] + ("0" if text[-1] != "0" else "1")
    assert not read_device(other).knows(7, HASH, keys)
