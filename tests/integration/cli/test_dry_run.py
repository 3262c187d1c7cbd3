"""`--dry-run` does the whole thing and leaves nothing: the database is the same to the last row, and no file is there that was not."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from campaign.records.duty.evidence import begin_snapshot
from campaign.records.log import unsealed, write_event, write_events
from campaign.records.store import Store
from campaign.records.trial import trial_of
from tests.integration.cli.conftest import PLAN, Cli

AT = datetime(2026, 3, 2, tzinfo=UTC)
WRITING = {
    "launch again": ["launch", "changed.yaml", "--slug", "x"],
    "launch another": ["launch", "changed.yaml", "--slug", "y", "--rehearsal"],
    "discard": ["discard", "x"],
    "phase run": ["phase", "run", "x", "b", "--local"],
    "phase run by prefect": ["phase", "run", "x", "b"],
    "phase open": ["phase", "open", "x", "c"],
    "phase shift": ["phase", "shift", "x", "b", "--end", "2026-03-31", "--reason", "顺延"],
    "gate hold": ["gate", "x", "b", "--hold", "--reason", "待核"],
    "gate overrule": ["gate", "x", "b", "--overrule", "--reason", "特批", "--as", "甲子"],
    "sweep": ["sweep", "--campaign", "x"],
    "deliver": ["deliver", "--campaign", "x"],
    "bulletin": ["bulletin", "--campaign", "x"],
    "submit": ["submit", "{open}", "台账.txt"],
    "review": ["review", "{submitted}", "--return", "缺照片", "--as", "申二"],
    "sign": ["sign", "{letter}", "台账.txt"],
    "ack": ["ack", "{open}"],
    "waive": ["waive", "{open}", "--reason", "不涉及"],
    "cancel": ["cancel", "{open}", "--reason", "重复"],
    "extend": ["extend", "{open}", "--to", "2026-04-01", "--reason", "等批复"],
    "suspend": ["suspend", "{open}", "--reason", "停工"],
    "event": ["event", "x", "专家反馈"],
    "finding add": ["finding", "add", "x", "西岸街道", "积水"],
    "units import": ["units", "import", "more.csv", "--now", "2026-03-02"],
    "units rename": ["units", "rename", "西岸街道", "西岸新区街道", "--now", "2026-03-02"],
    "units merge": ["units", "merge", "西岸街道", "东岸街道", "--now", "2026-03-02"],
    "package build": ["package", "build", "x"],
    "package freeze": ["package", "freeze", "x"],
}


@pytest.fixture
def ready(running: Cli, tmp_path: Path) -> Cli:
    """With something to submit, to review and to sign, and nothing sent yet."""
    (tmp_path / "changed.yaml").write_text(PLAN.replace("2026-03-25", "2026-03-26"), encoding="utf-8")
    (tmp_path / "more.csv").write_text("单位名称,姓名,手机\n区教育局,戌一,10000000009\n", encoding="utf-8")
    running.by("酉一")("submit", str(running.duty(origin="item:street/perform/unit:U2")["id"]), "--note", "已办理")
    return running.at("2026-03-16T10:00")


def words_of(cli: Cli, name: str) -> list[str]:
    places = {
        "{open}": str(cli.duty(origin="item:street/perform/unit:U3")["id"]),
        "{submitted}": str(cli.duty(origin="item:street/perform/unit:U2")["id"]),
        "{letter}": str(cli.duty(kind="sign", title="责任书")["id"]),
    }
    return [places.get(word, word) for word in WRITING[name]]


def state_of(home: Path) -> tuple[list[str], list[str]]:
    with sqlite3.connect(home / "campaign.db") as database:
        dump = list(database.iterdump())
    database.close()
    return dump, sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file() and not path.name.startswith("campaign.db"))


@pytest.mark.parametrize("name", WRITING)
def test_a_dry_run_answers_and_changes_nothing(ready: Cli, name: str) -> None:
    words = words_of(ready, name)
    before = state_of(ready.home)
    answer = ready(*words, "--dry-run", "--json")
    assert answer.code == 0, answer.err
    assert answer.value["dry_run"] is True
    assert state_of(ready.home) == before


@pytest.mark.parametrize("name", ["phase run", "sweep", "submit", "finding add", "units merge", "gate overrule"])
def test_the_dry_run_answers_what_the_real_run_then_does(ready: Cli, name: str, tmp_path: Path) -> None:
    words = words_of(ready, name)
    tried = ready.json(*words, "--dry-run")
    del tried["dry_run"]
    assert ready.json(*words) == tried


def test_a_dry_run_says_that_it_was_one(ready: Cli) -> None:
    answer = ready("sweep", "--campaign", "x", "--dry-run")
    assert "试运行，没有保存" in answer.out


def test_a_refusal_is_the_same_in_a_dry_run(ready: Cli) -> None:
    words = ["waive", str(ready.duty(origin="item:street/perform/unit:U3")["id"])]
    assert ready(*words, "--dry-run").err == ready(*words).err != ""


def test_a_trial_sees_its_own_changes_across_transactions_and_undoes_them_all(store: Store) -> None:
    with trial_of(store) as trial:
        for _ in range(2):
            with trial.begin() as tx:
                write_event(tx, at=AT, actor="甲", verb="probe")
        with pytest.raises(IntegrityError), trial.begin() as tx:
            write_events(tx, [{"at": AT, "actor": "甲", "verb": "probe", "campaign_id": 99, "detail": {}}])
        with trial.read() as tx:
            assert unsealed(tx) == 2
    with store.read() as tx:
        assert unsealed(tx) == 0


def test_a_dry_run_on_a_new_folder_only_makes_the_database(cli: Cli) -> None:
    shutil.rmtree(cli.home)
    assert cli("launch", "plan.yaml", "--slug", "x", "--dry-run", "--now", "2026-03-02").code == 0
    assert cli.json("campaigns") == []


def test_a_package_can_be_tried_in_the_middle_of_a_trial(store: Store) -> None:
    with trial_of(store) as trial:
        with trial.begin() as tx:
            write_event(tx, at=AT, actor="甲", verb="probe")
        with trial.read() as tx:
            begin_snapshot(tx)
            assert unsealed(tx) == 1
