"""The command line as a person uses it: words in, sentences or JSON out, an exit code; on a folder of its own with a migrated database."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from campaign.cli import main

ROLL = """\
编号,单位名称,类别,上级单位,岗位,姓名,手机
U1,区创建办,办公室,,单位联络员,申一,10000000001
,,,,办公室主任,申二,10000000002
U2,区城管局,部门,,单位联络员,酉一,10000000003
U3,东岸街道,街道,,单位联络员,酉二,10000000004
U4,西岸街道,街道,,单位联络员,酉三,10000000005
U5,柳荫社区,社区,东岸街道,单位联络员,酉四,10000000006
"""

PLAN = """\
title: 试区创建卫生城区方案
basis: [《试区创建管理办法》]
organisation:
  head: [{name: 甲子, position: 区长}]
  office: {name: 区创建办}
phases:
  - {key: a, name: 动员部署, kind: mobilization, start: 2026-03-02, end: 2026-03-06}
  - {key: b, name: 全面推进, kind: rollout, start: 2026-03-06, end: 2026-03-27}
  - {key: c, name: 自查整改, kind: rectification, start: 2026-03-16, end: 2026-04-10}
  - {key: d, name: 总结巩固, kind: consolidation, start: 2026-04-13, end: 2026-04-24}
items:
  - key: street
    title: 清理街面
    lead_unit: 区城管局
    responsible_units: [东岸街道, 西岸街道]
    deadline: 2026-03-13
    recipient: 区创建办
    materials: [{name: 清理台账, due: 2026-03-13}]
  - key: weekly
    title: 报送周报
    lead_unit: 区城管局
    recurrence: {every: week, on: [FR]}
  - key: letter
    title: 签订责任书
    lead_unit: 东岸街道
    signed: true
    phase: a
    deadline: 2026-03-05
  - key: experts
    title: 落实专家意见
    lead_unit: 区城管局
    phase: c
    deadline: "event:专家反馈+5d"
  - key: homes
    title: 入户走访
    lead_unit: 区创建办
    unit_class: 社区
    deadline: 2026-03-25
"""


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        return json.loads(self.out)


class Cli:
    """`cli("status", "x")` answers; `cli.json(…)` demands success and reads the JSON; `cli.at(…)` sets the time for what follows."""

    def __init__(self, home: Path) -> None:
        self.home, self.actor, self.now = home, "申一", ""

    def __call__(self, *words: str) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main.run([*words, *(("--now", self.now) if self.now and "--now" not in words else ())])
            except SystemExit as leaving:
                code = leaving.code
        assert isinstance(code, int)
        return Answer(code, out.getvalue(), err.getvalue())

    def json(self, *words: str) -> Any:
        answer = self(*words, "--json")
        assert answer.code == 0, answer.err or answer.out
        return answer.value

    def at(self, now: str) -> Cli:
        self.now = now
        return self

    def by(self, actor: str) -> Callable[..., Any]:
        return lambda *words: self.json(*words, "--as", actor)

    def duty(self, **wanted: str) -> dict[str, Any]:
        """The one duty with these values; `title` and `origin` may be a part."""
        rows = [row for row in self.json("duties", "--campaign", "x") if all(part in str(row[name]) for name, part in wanted.items())]
        assert len(rows) == 1, (wanted, rows)
        found: dict[str, Any] = rows[0]
        return found


def settle(patch: pytest.MonkeyPatch, folder: Path, database: Path) -> Cli:
    """A folder to work in, with the files of the tests and a data folder with this database."""
    for name in ("ACTOR", "HOME", "TZ", "DATABASE_URL", "WEBHOOK_URL", "TEST_ADDRESS", "PREFECT_API_URL", "DEBUG"):
        patch.delenv(f"CAMPAIGN_{name}", raising=False)
    home = folder / "home"
    home.mkdir()
    shutil.copy(database, home / "campaign.db")
    patch.chdir(folder)
    patch.setenv("CAMPAIGN_HOME", str(home))
    patch.setenv("CAMPAIGN_ACTOR", "申一")
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (folder / "units.csv").write_text(ROLL, encoding="utf-8")
    (folder / "台账.txt").write_text("清理台账\n", encoding="utf-8")
    return Cli(home)


def launch(cli: Cli) -> Cli:
    cli.json("units", "import", "units.csv", "--now", "2026-03-01")
    cli.at("2026-03-02T08:30").json("launch", "plan.yaml", "--slug", "x", "--rehearsal")
    return cli


def run_phases(cli: Cli) -> Cli:
    cli.json("phase", "run", "x", "a", "--local")
    cli.at("2026-03-06T09:00").json("phase", "run", "x", "b", "--local")
    return cli


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path) -> Cli:
    return settle(monkeypatch, tmp_path, sqlite_template)


@pytest.fixture
def launched(cli: Cli) -> Cli:
    """The plan above as a rehearsal, on the morning of its first day."""
    return launch(cli)


@pytest.fixture(scope="session")
def running_database(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """Two phases open, their duties handed out: made once, copied for each test."""
    with pytest.MonkeyPatch.context() as patch:
        cli = run_phases(launch(settle(patch, tmp_path_factory.mktemp("running"), sqlite_template)))
    return cli.home / "campaign.db"


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, running_database: Path) -> Cli:
    return settle(monkeypatch, tmp_path, running_database).at("2026-03-06T09:00")
