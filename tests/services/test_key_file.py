"""The file of the keys: changed only whole, read again when it changed, brought into today's form."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from app.services.key_file import Busy, KeyFile, complete, make_keys, new_key, only_one, read_content, replace_content
from app.services.keyring import KeysMissing, read_keys


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "keys.json"
    make_keys(file)
    return file


def _with_next(path: Path) -> None:
    content = read_content(path)
    for name in ("citizen_index", "citizen_cipher"):
        content[name]["2"] = new_key()
    replace_content(path, content | {"next": 2})


def test_changed_keys_are_read_again(path: Path) -> None:
    keys = KeyFile(path, every=0)
    assert set(keys.get().index_keys) == {1}
    _with_next(path)
    assert set(keys.get().index_keys) == {1, 2}
    assert keys.get().active == 1


def test_but_not_at_every_question(path: Path) -> None:
    keys = KeyFile(path, every=3600)
    keys.get()
    _with_next(path)
    assert set(keys.get().index_keys) == {1}


def test_the_same_file_is_read_once(path: Path) -> None:
    keys = KeyFile(path, every=0)
    assert keys.get() is keys.get()


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("{")])
def test_a_file_that_is_spoilt_takes_no_keys_away(path: Path, spoil: object) -> None:
    keys = KeyFile(path, every=0)
    before, good = keys.get(), path.read_text()
    spoil(path)  # type: ignore[operator]
    assert keys.get() is before
    with pytest.raises(KeysMissing):
        KeyFile(path, every=0).get()
    path.write_text(good)
    _with_next(path)
    assert set(keys.get().index_keys) == {1, 2}


def test_it_is_replaced_whole_and_stays_private(path: Path) -> None:
    path.with_name("keys.json.new").write_text("left by a crash")
    _with_next(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["keys.json"]


def test_nothing_is_put_in_its_place_that_could_not_be_read(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(ValueError, match="live key"):
        replace_content(path, read_content(path) | {"active": 7})
    assert path.read_bytes() == before


def test_an_earlier_file_is_completed_and_keeps_its_marks(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(
        json.dumps(
            {"signing": "ab" * 32, "citizen_index": "cd" * 32, "citizen_cipher": {"1": "ef" * 32, "3": "0a" * 32}}
        )
    )
    before = read_keys(path)
    assert complete(path)
    assert read_keys(path) == before
    assert before.active == 3
    assert not complete(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_one_command_at_a_time(path: Path) -> None:
    with only_one(path), pytest.raises(Busy), only_one(path):
        pass
    with only_one(path):
        pass


@pytest.mark.parametrize("write", [make_keys, _with_next])
def test_keys_and_their_name_are_on_disk_before_anything_hangs_on_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], None]
) -> None:
    path, synced, usual = tmp_path / "keys.json", set(), os.fsync

    def fsync(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_ino)
        usual(descriptor)

    if write is not make_keys:
        make_keys(path)
    monkeypatch.setattr(os, "fsync", fsync)
    write(path)
    assert synced == {path.stat().st_ino, tmp_path.stat().st_ino}
