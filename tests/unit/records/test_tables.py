"""Tables are loaded when they are asked for, and never without those that their foreign keys point at."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from campaign.records import tables
from campaign.records.tables import MODULES, metadata

PACKAGE = "campaign.records.tables"


def loaded_by(statement: str) -> set[str]:
    """The names of all tables that there are after `statement` in a fresh Python."""
    program = f"import json\n{statement}\nfrom sqlmodel import SQLModel\nprint(json.dumps([*SQLModel.metadata.tables]))"
    return set(json.loads(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout))


def test_asking_for_the_metadata_loads_every_table_and_a_table_only_what_it_points_at() -> None:
    assert loaded_by(f"from {PACKAGE} import metadata") == set(metadata.tables)
    assert loaded_by(f"from {PACKAGE} import Campaign") == {"campaign", "phase", "ladder", "rung", "unit", "unit_alias"}


def test_every_module_of_tables_is_listed_with_all_its_tables() -> None:
    found = {path.stem for path in Path(str(tables.__file__)).parent.glob("*.py")} - {"__init__", "base"}
    assert found == set(MODULES)
    for name in found:
        module = importlib.import_module(f"{PACKAGE}.{name}")
        own = {key for key, value in vars(module).items() if hasattr(value, "__table__") and value.__module__ == module.__name__}
        assert own <= set(MODULES[name]), name
    assert {name for names in MODULES.values() for name in names} | {"metadata"} == set(tables.__all__)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_of_tables_imports_those_that_its_foreign_keys_point_at(name: str) -> None:
    """Or a flush, which sorts by foreign keys, would fail in a command that loads no more than this module."""
    homes = {
        table.__table__.name: module for module, names in MODULES.items() for table in (getattr(tables, key) for key in names) if hasattr(table, "__table__")
    }
    path = Path(str(importlib.import_module(f"{PACKAGE}.{name}").__file__))
    nodes = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ImportFrom)]
    imported = {alias.name for node in nodes if node.module == PACKAGE for alias in node.names}
    needed = {homes[key.column.table.name] for table in metadata.tables.values() if homes[table.name] == name for key in table.foreign_keys}
    assert imported == needed - {name}


def test_an_unknown_name_is_refused_as_by_any_module() -> None:
    with pytest.raises(AttributeError, match="Dutty"):
        getattr(tables, "Dutty")  # noqa: B009 - mypy knows that there is no such name
