"""A virus scanner is asked before a file is kept; a real program and a real socket answer here."""

from __future__ import annotations

import io
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign.errors import CampaignError, RetryLater
from campaign.evidence.errors import BadFile
from campaign.evidence.files import FileStore
from campaign.evidence.scanning import CommandScanner, Guard, Scan, SocketScanner, guard_of

SIGN = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
CLEAN = "整治情况说明".encode()
BAD = "正文 ".encode() + SIGN
PROGRAM = f"""
import sys
content = open(sys.argv[1], "rb").read()
if b"crash" in content: sys.exit(2)
if b"slow" in content: import time; time.sleep(30)
if {SIGN!r} in content: print(sys.argv[1] + ": Eicar-Test FOUND"); sys.exit(1)
print(sys.argv[1] + ": OK")
"""


@pytest.fixture
def command(tmp_path: Path) -> str:
    program = tmp_path / "scan.py"
    program.write_text(PROGRAM, encoding="utf-8")
    return f"{sys.executable} {program} {{file}}"


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[str]:
    """Speaks as much of clamd's language as is asked of it."""
    line = socket.socket(socket.AF_UNIX)
    address = str(tmp_path / "clamd.sock")
    line.bind(address)
    line.listen()

    def answer() -> None:
        while True:
            try:
                caller, _ = line.accept()
            except OSError:
                return
            with caller, caller.makefile("rb") as said:
                assert said.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack(">I", said.read(4))[0]:
                    content += said.read(size)
                if b"crash" in content:
                    caller.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                else:
                    caller.sendall(b"stream: Eicar-Test FOUND\0" if SIGN in content else b"stream: OK\0")

    threading.Thread(target=answer, daemon=True).start()
    yield address
    line.close()


def kept(tmp_path: Path, guard: Guard) -> FileStore:
    return FileStore(tmp_path / "evidence", guard=guard)


def files_in(store: FileStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("way", ["command", "socket"])
def test_a_clean_file_is_kept_and_said_to_be_clean(tmp_path: Path, command: str, clamd: str, way: str) -> None:
    guard = Guard(CommandScanner(command) if way == "command" else SocketScanner(clamd))
    assert kept(tmp_path, guard).put(io.BytesIO(CLEAN), "说明.txt").scan is Scan.CLEAN


@pytest.mark.parametrize("way", ["command", "socket"])
def test_an_infected_file_is_refused_by_name_and_leaves_nothing(tmp_path: Path, command: str, clamd: str, way: str) -> None:
    store = kept(tmp_path, Guard(CommandScanner(command) if way == "command" else SocketScanner(clamd)))
    with pytest.raises(BadFile, match="查出病毒（Eicar-Test）"):
        store.put(io.BytesIO(BAD), "说明.txt")
    assert files_in(store) == []


@pytest.mark.parametrize("content", [pytest.param("crash 说明".encode(), id="it fails"), pytest.param("slow 说明".encode(), id="it takes too long")])
def test_without_a_clear_answer_a_held_file_may_be_asked_about_again(tmp_path: Path, command: str, content: bytes) -> None:
    store = kept(tmp_path, Guard(CommandScanner(command, seconds=1.0 if b"slow" in content else 20.0)))
    with pytest.raises(RetryLater, match="病毒检查暂时没有应答"):
        store.put(io.BytesIO(content), "说明.txt")
    assert files_in(store) == []


@pytest.mark.parametrize("scanner", [CommandScanner("no-such-scanner {file}"), SocketScanner("/nowhere/clamd.sock"), SocketScanner("127.0.0.1:9", 1.0)])
def test_while_the_scanner_is_down_a_file_may_be_kept_with_a_mark(tmp_path: Path, scanner: CommandScanner | SocketScanner) -> None:
    store = kept(tmp_path, Guard(scanner, holds=False))
    assert store.put(io.BytesIO(CLEAN), "说明.txt").scan is Scan.UNCHECKED
    assert len(files_in(store)) == 1


def test_an_error_of_the_service_is_no_clean_answer(tmp_path: Path, clamd: str) -> None:
    store = kept(tmp_path, Guard(SocketScanner(clamd), holds=False))
    assert store.put(io.BytesIO("crash 说明".encode()), "说明.txt").scan is Scan.UNCHECKED


def test_without_a_setting_nothing_is_asked_and_two_are_refused() -> None:
    assert guard_of(None, None, when_down="hold", seconds=1) is None
    assert guard_of("clamdscan", None, when_down="mark", seconds=1) == Guard(CommandScanner("clamdscan", 1), holds=False)
    with pytest.raises(CampaignError, match="只能设一种"):
        guard_of("clamdscan", "/run/clamd.sock", when_down="hold", seconds=1)
