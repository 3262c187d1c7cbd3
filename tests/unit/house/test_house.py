"""The house keeps its order: size of modules, no words of a machine, and documents that say what is true."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests import punctuation

ROOT = Path(__file__).parents[3]
ROOMS = ("campaign", "flows", "tasks", "config", "deployments")
MOST_LINES = 400
EXEMPT = ("migrations/versions",)


def _modules() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if not any(part in path.as_posix() for part in EXEMPT)]


def test_no_module_grows_past_one_responsibility() -> None:
    long = {str(path.relative_to(ROOT)): count for path in _modules() if (count := len(path.read_text("utf-8").splitlines())) > MOST_LINES}
    assert not long, f"split these modules: {long}"


def test_every_module_says_what_it_owns() -> None:
    texts = {path: path.read_text("utf-8") for path in _modules()}
    silent = [str(path.relative_to(ROOT)) for path, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))]
    assert not silent, f"a module docstring says what it owns and what it refuses: {silent}"


def test_flows_stay_short() -> None:
    long = {path.name: count for path in (ROOT / "flows").glob("[!_]*.py") if (count := len(path.read_text("utf-8").splitlines())) > 70}
    assert not long, f"a flow says what happens in which order; move the rest to tasks or use cases: {long}"


def test_nothing_of_one_machine_is_tracked() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    pattern = re.compile(rb"/wor" + rb"k/main|/roo" + rb"t/|pypi\.or" + rb"g|pythonhoste" + rb"d|registry\.npm" + rb"js")
    tracked = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    found = [str(path) for path in tracked if path.is_file() and pattern.search(path.read_bytes())]
    assert not found


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "docs/glossary.md"])
def test_the_documents_are_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 500


def test_rooms_named_in_the_architecture_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = set(re.findall(r"`((?:campaign|flows|tasks|config|deployments|tests)/[\w/]*)`", text))
    missing = [name for name in named if not (ROOT / name).exists()]
    assert named
    assert not missing


def test_chinese_text_carries_chinese_punctuation() -> None:
    wrong = punctuation.faults()
    assert not wrong, f"run `make fix`: {wrong[:20]}"
