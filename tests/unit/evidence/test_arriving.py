"""Pieces become a file with its hash, also for a process that did not see the beginning."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from campaign.errors import CampaignError, Conflict
from campaign.evidence.arriving import Arriving
from campaign.evidence.files import FileStore

ONE, TWO = os.urandom(3000), os.urandom(2000)


@pytest.fixture
def arriving(tmp_path: Path) -> Arriving:
    (tmp_path / "uploads").mkdir()
    return Arriving(tmp_path / "uploads")


def send(arriving: Arriving, offset: int, content: bytes) -> None:
    with arriving.at("one", offset) as piece:
        piece.write(content)
        piece.flush()


def test_the_hash_grows_with_the_pieces(arriving: Arriving) -> None:
    send(arriving, 0, ONE)
    send(arriving, len(ONE), TWO)
    with arriving.whole("one") as (path, sha256, size):
        assert path.read_bytes() == ONE + TWO
    assert (sha256, size) == (hashlib.sha256(ONE + TWO).hexdigest(), 5000)


def test_another_process_hashes_what_came_before_it(arriving: Arriving) -> None:
    send(arriving, 0, ONE)
    again = Arriving(arriving.folder)
    send(again, len(ONE), TWO)
    with again.whole("one") as (_, sha256, _size):
        assert sha256 == hashlib.sha256(ONE + TWO).hexdigest()


def test_a_process_that_fell_behind_reads_what_another_one_took(arriving: Arriving) -> None:
    send(arriving, 0, ONE)
    send(Arriving(arriving.folder), len(ONE), TWO)
    with arriving.whole("one") as (_, sha256, _size):
        assert sha256 == hashlib.sha256(ONE + TWO).hexdigest()


def test_only_the_end_takes_more(arriving: Arriving) -> None:
    send(arriving, 0, ONE)
    with pytest.raises(Conflict, match="已收到 3000 字节"):
        send(arriving, 100, TWO)
    assert arriving.received("one") == 3000


def test_of_two_senders_one_is_told_to_ask_again(arriving: Arriving) -> None:
    with arriving.at("one", 0), pytest.raises(Conflict, match="另一个窗口"):
        send(arriving, 0, ONE)


def test_a_full_disk_is_said_in_words(arriving: Arriving, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with arriving.at("one", 0) as piece:
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(CampaignError, match="磁盘空间不足"):
            piece.write(ONE)


def test_a_kept_file_needs_no_second_copy_and_survives_the_waiting_one(arriving: Arriving, tmp_path: Path) -> None:
    content = b"%PDF-1.4\n" + ONE
    send(arriving, 0, content)
    store = FileStore(tmp_path / "evidence")
    with arriving.whole("one") as (path, sha256, size):
        kept = store.adopt(path, sha256, size, "总结.pdf")
        assert path.stat().st_ino == (store.root / sha256[:2] / sha256[2:4] / sha256).stat().st_ino
        assert store.adopt(path, sha256, size, "总结.pdf") == kept, "who stopped before noting it asks again"
    arriving.drop("one")
    with store.open(kept.sha256) as source:
        assert source.read() == content
    assert list((store.root / "incoming").iterdir()) == []


def test_where_files_cannot_have_two_names_they_are_copied(arriving: Arriving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refused)
    content = b"%PDF-1.4\n" + ONE
    send(arriving, 0, content)
    store = FileStore(tmp_path / "evidence")
    with arriving.whole("one") as (path, sha256, size):
        kept = store.adopt(path, sha256, size, "总结.pdf")
    with store.open(kept.sha256) as source:
        assert source.read() == content
