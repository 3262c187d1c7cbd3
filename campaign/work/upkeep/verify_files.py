"""Every kept file read again and compared with its hash; and files that were taken while no scanner answered, asked about again.

Reads outside any transaction: a store of many gigabytes takes its time and keeps nobody waiting. Refuses to repair: a damaged file comes back
from a backup, and an infected one is shut away until two persons withdraw it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from campaign.errors import CampaignError
from campaign.evidence.errors import Damaged, NoSuchFile, Withdrawn
from campaign.evidence.files import CHUNK, FileStore, Health
from campaign.evidence.scanning import Scan, ScannerDown
from campaign.records.duty import evidence as records
from campaign.records.log import write_event
from campaign.records.store import Store
from campaign.work.by import By
from campaign.work.upkeep.verify import NAMED, Violation


def verify_files(store: Store, kept: FileStore) -> list[Violation]:
    with store.read() as tx:
        hashes = list(records.stored_hashes(tx))
    found: dict[str, list[str]] = {}
    for sha256, withdrawn in hashes:
        health = kept.verify(sha256)
        if withdrawn and health is Health.WHOLE:
            found.setdefault("withdrawn_but_there", []).append(sha256)
        elif not withdrawn and health is not Health.WHOLE:
            found.setdefault({Health.MISSING: "file_missing", Health.DAMAGED: "file_damaged"}.get(health, "file_gone"), []).append(sha256)
    words = {
        "file_missing": "个报送的文件不在资料库里",
        "file_damaged": "个报送的文件已损坏，与报送时的校验值不符",
        "file_gone": "个文件的原文已撤回，记录里却没有撤回",
        "withdrawn_but_there": "个已撤回的文件，原文还在资料库里",
    }
    return [_told(code, words[code], found[code]) for code in words if code in found]


def _told(code: str, fact: str, hashes: list[str]) -> Violation:
    named = "、".join(one[:12] for one in hashes[:NAMED]) + ("等" if len(hashes) > NAMED else "")
    return Violation(code, f"{len(hashes)} {fact}（{named}）", tuple(hashes[:NAMED]))


@dataclass
class Scanned:
    clean: int = 0
    infected: list[str] = field(default_factory=list)
    left: int = 0


def scan_again(store: Store, kept: FileStore, by: By, *, all_files: bool = False) -> Scanned:
    """Files that nobody checked; `all_files` asks about every one, for what a scanner knows grows."""
    if kept.guard is None:
        raise CampaignError("没有设置病毒检查：请设置 CAMPAIGN_SCAN_COMMAND 或 CAMPAIGN_SCAN_SOCKET。", code="no_scanner")
    with store.read() as tx:
        asked = records.hashes_to_scan(tx, all_files=all_files)
    done = Scanned()
    for sha256, path in _copies(kept, asked):
        try:
            found = kept.guard.scanner.found_in(path)
        except ScannerDown:
            done.left += 1
            continue
        with store.begin() as tx:
            records.mark_scanned(tx, sha256, str(Scan.CLEAN if found is None else Scan.INFECTED))
            if found is not None:
                write_event(tx, at=by.now, actor=by.actor, verb="infected", reason=found, subject="file", detail={"sha256": sha256})
        if found is None:
            done.clean += 1
        else:
            done.infected.append(sha256)
    return done


def _copies(kept: FileStore, hashes: list[str]) -> Iterator[tuple[str, Path]]:
    """Each as a file of its own that the scanner may read, wherever the store keeps it."""
    with tempfile.TemporaryDirectory(prefix="campaign-scan-") as folder:
        path = Path(folder) / "file"
        for sha256 in hashes:
            try:
                with kept.open(sha256) as source, path.open("wb") as copy:
                    while piece := source.read(CHUNK):
                        copy.write(piece)
            except (Damaged, NoSuchFile, Withdrawn):
                continue  # `verify_files` names those
            yield sha256, path
