"""A command with a database loads the libraries and the tables that it needs, and no others: each costs every start of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("prefect", "alembic", "httpx", "openpyxl", "docx", "mammoth", "lxml", "PIL", "boto3", "apscheduler", "fastapi", "holidays", "ruamel")
PROGRAM = """
import json, sys
from campaign.cli.main import run
try:
    run(sys.argv[1:])
except SystemExit as leaving:
    from sqlmodel import SQLModel
    print("@@" + json.dumps([leaving.code, sorted(sys.modules), sorted(SQLModel.metadata.tables)]))
"""
IMPORTED = """
import json, sys
import {module}
from sqlmodel import SQLModel
print("@@" + json.dumps([0, sorted(sys.modules), sorted(SQLModel.metadata.tables)]))
"""


def after(program: str, *words: str) -> tuple[int, list[str], list[str]]:
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, encoding="utf-8", check=True)
    code, modules, tables = json.loads(done.stdout.rpartition("@@")[2])
    return code, modules, tables


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    after(PROGRAM, "campaigns", "--data", str(folder))  # the first command makes the database, with Alembic
    return folder


@pytest.mark.parametrize(
    ("words", "most"), [("campaigns", 15), ("units list", 20), ("duties", 22), ("notices list", 20)], ids=["campaigns", "units", "duties", "notices"]
)
def test_a_command_that_reads_loads_no_more_than_it_shows(home: Path, words: str, most: int) -> None:
    code, modules, tables = after(PROGRAM, *words.split(), "--data", str(home))
    assert code == 0
    assert not set(HEAVY) & set(modules)
    assert len(tables) <= most, tables


def test_a_status_loads_no_use_case_that_changes_anything() -> None:
    program = IMPORTED.format(module="campaign.work.status")
    _, modules, tables = after(program)
    assert {name for name in modules if name.startswith("campaign.work.")} == {
        "campaign.work.planning",
        "campaign.work.planning.gate_facts",
        "campaign.work.status",
    }
    assert not {name for name in modules if name.startswith("campaign.records.papers")}
    assert not set(HEAVY) & set(modules)
    assert not {"portal_account", "delivery", "cover_sheet", "review_chain"} & set(tables)
