"""Asking a virus scanner about a file before it is kept: a command, or a socket that speaks clamd's INSTREAM.

Owns the asking and its time limit. While it is asked the file lies in a folder of ours that nobody reads from. Refuses to guess: a scanner
that gives no clear answer is down, and a setting says whether the file then waits (`hold`) or is kept with a mark (`mark`).
"""

from __future__ import annotations

import shlex
import socket
import struct
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from campaign.errors import CampaignError, RetryLater
from campaign.evidence.errors import BadFile

CHUNK = 256 * 1024
SECONDS = 120.0


class Scan(StrEnum):
    """What is known of a file; NONE where no scanner is set up."""

    NONE = ""
    CLEAN = "clean"
    UNCHECKED = "unchecked"
    INFECTED = "infected"


class ScannerDown(Exception):
    """No clear answer; the text is for the log."""


class Scanner(Protocol):
    def found_in(self, path: Path) -> str | None:
        """The name of what was found; None for a clean file. Raises ScannerDown."""


@dataclass(frozen=True)
class CommandScanner:
    """A program that ends with 0 for clean and 1 for infected, as clamscan does; `{file}` stands for the path, else it is appended."""

    command: str
    seconds: float = SECONDS

    def found_in(self, path: Path) -> str | None:
        words = [word.replace("{file}", str(path)) for word in shlex.split(self.command)]
        if "{file}" not in self.command:
            words.append(str(path))
        try:
            ended = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=self.seconds, check=False)
        except (OSError, subprocess.TimeoutExpired) as wrong:
            raise ScannerDown(f"{words[0]}: {wrong}") from wrong
        if ended.returncode == 0:
            return None
        if ended.returncode == 1:
            said = ended.stdout.decode("utf-8", "replace").strip().splitlines()
            return _name(said[0].replace(str(path), "")) if said else "未说明名称"
        raise ScannerDown(f"{words[0]} ended with {ended.returncode}: {ended.stderr.decode('utf-8', 'replace')[:200]}")


@dataclass(frozen=True)
class SocketScanner:
    """clamd, at a path or at host:port; the bytes are sent to it, so it needs no right to our folders."""

    address: str
    seconds: float = SECONDS

    def found_in(self, path: Path) -> str | None:
        try:
            with self._connected() as line, path.open("rb") as source:
                line.sendall(b"zINSTREAM\0")
                while piece := source.read(CHUNK):
                    line.sendall(struct.pack(">I", len(piece)) + piece)
                line.sendall(struct.pack(">I", 0))
                said = b""
                while b"\0" not in said and (more := line.recv(4096)):
                    said += more
        except OSError as wrong:
            raise ScannerDown(f"{self.address}: {wrong}") from wrong
        answer = said.rstrip(b"\0").decode("utf-8", "replace").strip()
        if answer.endswith(" OK"):
            return None
        if answer.endswith(" FOUND"):
            return _name(answer.removesuffix("FOUND"))
        raise ScannerDown(f"{self.address}: {answer[:200] or 'no answer'}")

    def _connected(self) -> socket.socket:
        host, _, port = self.address.rpartition(":")
        if host and port.isdigit():
            return socket.create_connection((host, int(port)), timeout=self.seconds)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(self.seconds)
        try:
            line.connect(self.address)
        except OSError:
            line.close()
            raise
        return line


@dataclass(frozen=True)
class Guard:
    scanner: Scanner
    holds: bool = True

    def admit(self, path: Path, name: str) -> Scan:
        """Clean, or marked as not checked; an infected file is refused, and without an answer a held one may be asked about again."""
        try:
            found = self.scanner.found_in(path)
        except ScannerDown as down:
            if self.holds:
                raise RetryLater(f"病毒检查暂时没有应答，「{name}」还没有入库：请稍后再试，已上传的部分不用重传。", code="scanner_down") from down
            return Scan.UNCHECKED
        if found is not None:
            raise BadFile(f"「{name}」查出病毒（{found}），已拒收：请先杀毒，再重新上传。", name=name, code="infected")
        return Scan.CLEAN


def guard_of(command: str | None, address: str | None, *, when_down: str, seconds: float) -> Guard | None:
    """From the settings; None where neither a command nor a socket is given."""
    if command and address:
        raise CampaignError("病毒检查只能设一种：CAMPAIGN_SCAN_COMMAND 或 CAMPAIGN_SCAN_SOCKET。", code="bad_settings")
    if command:
        return Guard(CommandScanner(command, seconds), when_down == "hold")
    if address:
        return Guard(SocketScanner(address, seconds), when_down == "hold")
    return None


def _name(said: str) -> str:
    """`stream: Eicar-Test FOUND` and `/x/y: Eicar-Test FOUND` name the same thing."""
    return said.removesuffix("FOUND").rpartition(": ")[2].strip(" :")[:80] or "未说明名称"
