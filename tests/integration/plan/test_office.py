"""Old Office files through a real LibreOffice."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from campaign.plan.documents import open_document
from campaign.plan.files.libreoffice import find_office
from campaign.plan.intake import read_file
from tests.samples.plans import build

pytestmark = pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed")


def converted(path: Path, suffix: str, folder: Path) -> Path:
    """The sample as LibreOffice saves it in an old format."""
    office = find_office()
    assert office is not None
    profile = (folder / "profile").as_uri()
    subprocess.run(
        [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", suffix, "--outdir", str(folder), str(path)],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return folder / path.with_suffix(f".{suffix}").name


def test_an_old_word_file_keeps_its_numbers_and_its_table(tmp_path: Path) -> None:
    old = converted(build("卫生城区.docx", tmp_path), "doc", tmp_path)
    spec = read_file(old, year=2026)
    assert [item.lead_unit for item in spec.items] == ["城管局", "城管局", "疾控中心"]
    assert len(spec.phases) == 3
    assert any(line.text.startswith("二、工作任务") for line in open_document(old).lines)


def test_an_old_workbook_is_read_without_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = converted(build("食品安全任务分解表.xlsx", tmp_path), "xls", tmp_path)
    monkeypatch.setattr("campaign.plan.files.libreoffice.find_office", lambda: None)
    assert len(read_file(old, year=2026).items) == 4
