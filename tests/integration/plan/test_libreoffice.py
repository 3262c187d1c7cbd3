"""The one call of LibreOffice: whole files only, several processes at once, and an end to what hangs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from campaign.plan.files.libreoffice import NotConverted, convert, find_office
from tests.samples.plans import build

FAKE = """#!/bin/sh
while [ $# -gt 1 ]; do [ "$1" = --outdir ] && out=$2; shift; done
{body}
"""


def fake_office(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "soffice"
    program.write_text(FAKE.format(body=body), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr("campaign.plan.files.libreoffice.find_office", lambda: str(program))


def test_what_makes_nothing_or_an_empty_file_is_refused_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "甲.doc"
    source.write_bytes(b"x")
    for body in ("exit 1", ': > "$out/source.pdf"'):
        fake_office(tmp_path, body, monkeypatch)
        with pytest.raises(NotConverted) as refused:
            convert(source, tmp_path / "甲.pdf")
        assert refused.value.code == "broken"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["soffice", "甲.doc"]


def test_the_profile_runs_no_macros_and_follows_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "甲.doc"
    source.write_bytes(b"x")
    fake_office(tmp_path, 'cat "$HOME/profile/user/registrymodifications.xcu" > "$out/source.pdf"', monkeypatch)
    settings = convert(source, tmp_path / "甲.pdf").read_text(encoding="utf-8")
    for name in ("DisableMacrosExecution", "DisableActiveContent", "BlockUntrustedRefererLinks"):
        assert f'oor:name="{name}" oor:op="fuse"><value>true<' in settings


@pytest.mark.slow
@pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed")
def test_three_processes_at_once_each_get_their_file(tmp_path: Path) -> None:
    source = build("卫生城区.docx", tmp_path)
    words = "import sys; from pathlib import Path; from campaign.plan.files.libreoffice import convert; convert(Path(sys.argv[1]), Path(sys.argv[2]))"
    running = [subprocess.Popen([sys.executable, "-c", words, str(source), str(tmp_path / f"{number}.pdf")]) for number in range(3)]
    assert [process.wait(400) for process in running] == [0, 0, 0]
    assert all((tmp_path / f"{number}.pdf").read_bytes().startswith(b"%PDF") for number in range(3))
