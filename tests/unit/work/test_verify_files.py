"""Every kept file is read again; what nobody checked for viruses is asked about when the scanner is back."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from campaign.errors import CampaignError
from campaign.evidence.files import FileStore
from campaign.evidence.scanning import Guard, ScannerDown
from campaign.records.campaigns import find_duty
from campaign.records.duty.evidence import mark_withdrawn
from campaign.records.store import Store
from campaign.records.tables import StoredFile
from campaign.work.duty.hand_in import KeptFile, hand_in
from campaign.work.upkeep.verify_files import scan_again, verify_files
from tests.world import World


class Sniffer:
    def __init__(self) -> None:
        self.up = False

    def found_in(self, path: Path) -> str | None:
        if not self.up:
            raise ScannerDown
        return "Eicar-Test" if "病毒".encode() in path.read_bytes() else None


@pytest.fixture
def sniffer() -> Sniffer:
    return Sniffer()


@pytest.fixture
def kept(tmp_path: Path, sniffer: Sniffer) -> FileStore:
    return FileStore(tmp_path / "evidence", guard=Guard(sniffer, holds=False))


@pytest.fixture
def world(store: Store, kept: FileStore) -> World:
    world = World(store).opened()
    files = [kept.put(io.BytesIO(text.encode()), f"{number}.txt") for number, text in enumerate(("正文", "有病毒", "第三份"))]
    with store.begin() as tx:
        hand_in(tx, find_duty(tx, 1), [KeptFile(one.name, one.sha256, one.size, one.media_type, one.scan) for one in files], world.by())
    return world


def place(kept: FileStore, sha256: str) -> Path:
    return kept.root / sha256[:2] / sha256[2:4] / sha256


def test_whole_files_are_no_violation(world: World, kept: FileStore) -> None:
    assert verify_files(world.store, kept) == []


def test_damaged_missing_and_wrongly_kept_files_are_named(world: World, kept: FileStore) -> None:
    one, two, three = (row.sha256 for row in world.rows(StoredFile))
    place(kept, one).chmod(0o600)
    place(kept, one).write_bytes(b"?")
    place(kept, two).unlink()
    with world.store.begin() as tx:
        mark_withdrawn(tx, three, reason="误传", at=world.now)
    assert {(found.code, found.ids) for found in verify_files(world.store, kept)} == {
        ("file_damaged", (one,)),
        ("file_missing", (two,)),
        ("withdrawn_but_there", (three,)),
    }


def test_what_came_unchecked_is_asked_about_when_the_scanner_is_back(world: World, kept: FileStore, sniffer: Sniffer) -> None:
    assert {row.scan for row in world.rows(StoredFile)} == {"unchecked"}
    assert scan_again(world.store, kept, world.by()).left == 3
    sniffer.up = True
    done = scan_again(world.store, kept, world.by())
    assert (done.clean, len(done.infected), done.left) == (2, 1, 0)
    assert sorted(row.scan for row in world.rows(StoredFile)) == ["clean", "clean", "infected"]
    assert scan_again(world.store, kept, world.by()).clean == 0, "asked once"
    assert scan_again(world.store, kept, world.by(), all_files=True).clean == 2
    assert world.verify() == []


def test_without_a_scanner_there_is_nothing_to_ask(world: World, tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="CAMPAIGN_SCAN_COMMAND"):
        scan_again(world.store, FileStore(tmp_path), world.by())
