"""The way in answers Ctrl-C from its first line on."""

from __future__ import annotations

import subprocess
import sys

import pytest

from campaign.cli import errors

INTERRUPTED_WHILE_IMPORTING = """
import os, signal, sys

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupts())
from campaign.cli.entry import run
sys.argv[1:] = ["--help"]
run()
"""


@pytest.mark.parametrize("module", ["click", "campaign.cli.errors", "campaign.cli.zh"])
def test_an_interruption_while_modules_load_is_one_sentence(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_IMPORTING.format(module=module)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (errors.STOPPED, "", "已中断，没有做完的部分没有保存。\n")


def test_the_way_in_loads_nothing_before_it_listens() -> None:
    program = "import sys; had = set(sys.modules); import campaign.cli.entry; print(*sorted(set(sys.modules) - had))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["campaign", "campaign.cli", "campaign.cli.entry"]
