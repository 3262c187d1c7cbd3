"""A PDF's pages become one text: without furniture, with sentences whole again."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.errors import BadPlan
from campaign.plan.files.pdf import read_pdf
from tests.samples.pdf import write_pdf, write_scan

WIDE = "各单位要提高思想认识切实加强领导明确专人负责确保各项任务按时"


def test_headers_and_page_numbers_are_taken_out(tmp_path: Path) -> None:
    pages = [["云河区文件", f"第{number}项工作内容说明文字。", f"— {number} —"] for number in range(1, 5)]
    lines = [line.text for line in read_pdf(write_pdf(tmp_path / "a.pdf", pages)).lines]
    assert lines == [f"第{number}项工作内容说明文字。" for number in range(1, 5)]


def test_a_sentence_broken_by_the_margin_or_the_page_is_joined(tmp_path: Path) -> None:
    pages = [[WIDE, "完成。", "一、任务", WIDE], ["落实到位。", "(一)市容整治"]]
    lines = [line.text for line in read_pdf(write_pdf(tmp_path / "a.pdf", pages)).lines]
    assert lines == [WIDE + "完成。", "一、任务", WIDE + "落实到位。", "(一)市容整治"]


def test_an_entry_after_a_full_line_stays_an_entry(tmp_path: Path) -> None:
    lines = [line.text for line in read_pdf(write_pdf(tmp_path / "a.pdf", [[WIDE, "(一)市容整治", WIDE, "2、清理小巷"]])).lines]
    assert lines == [WIDE, "(一)市容整治", WIDE, "2、清理小巷"]


def test_a_scan_is_refused_with_what_to_bring_instead(tmp_path: Path) -> None:
    with pytest.raises(BadPlan, match="扫描件，请提供可编辑文件"):
        read_pdf(write_scan(tmp_path / "a.pdf"))


def test_a_damaged_pdf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.5 nothing more")
    with pytest.raises(BadPlan, match="损坏"):
        read_pdf(path)
