"""The file keeps every sending, whole, with its key."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from campaign.notices.channels.file import FileChannel, read_sendings
from campaign.notices.wording import compose
from campaign.records.papers.outbox import Outgoing
from tests.unit.notices.samples import CONTACT, ISSUED, notice


def send(path: Path, outgoing: Outgoing) -> str:
    return FileChannel(path).send(compose(outgoing), outgoing, [CONTACT], now=ISSUED).outcome


def test_one_line_a_sending_with_key_addressee_and_lines(tmp_path: Path) -> None:
    path = tmp_path / "new" / "outbox.jsonl"
    assert send(path, notice(1)) == "delivered"
    (row,) = read_sendings(path)
    assert (row["key"], row["unit"], row["kind"], row["at"]) == ("n2001-1", "城关街道", "催办通知单", ISSUED.isoformat())
    assert row["lines"][0] == {"duty": 101, "title": "报送动员部署情况", "due_at": "2026-08-31T16:00:00+00:00", "due_on": "2026-08-31"}
    assert path.read_bytes().count(b"\n") == 1
    assert path.stat().st_mode & 0o077 == 0


def test_repeated_sending_is_kept_with_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "outbox.jsonl"
    for _ in range(2):
        send(path, notice(1))
    assert [row["key"] for row in read_sendings(path)] == ["n2001-1", "n2001-1"]


def test_phone_number_is_not_collected_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "outbox.jsonl"
    send(path, notice(1))
    assert "13800001234" not in path.read_text(encoding="utf-8")


def test_torn_line_is_closed_off_and_is_no_sending(tmp_path: Path) -> None:
    path = tmp_path / "outbox.jsonl"
    send(path, notice(1))
    with path.open("ab") as torn:
        torn.write(b'{"key": "n9-')
    send(path, notice(2))
    assert [row["key"] for row in read_sendings(path)] == ["n2001-1", "n2002-1"]


def test_short_write_on_a_full_disk_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "outbox.jsonl"
    send(path, notice(1))
    whole, real, calls = path.read_bytes(), os.write, [0]

    def short(handle: int, part: bytes) -> int:
        calls[0] += 1
        if calls[0] > 1:
            raise OSError(28, "No space left on device")
        return real(handle, bytes(part)[:10])

    monkeypatch.setattr(os, "write", short)
    sent = FileChannel(path).send(compose(notice(2)), notice(2), [CONTACT], now=ISSUED)
    assert sent.outcome == "failed"
    assert "outbox.jsonl" in sent.detail
    assert path.read_bytes() == whole


def test_many_threads_and_channels_on_one_file_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "outbox.jsonl"
    threads = [threading.Thread(target=lambda start=start: [send(path, notice(start + n)) for n in range(10)]) for start in range(0, 80, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row["key"] for row in read_sendings(path)) == sorted(f"n{2000 + n}-1" for n in range(80))


def test_no_file_means_no_sendings(tmp_path: Path) -> None:
    assert list(read_sendings(tmp_path / "none.jsonl")) == []
