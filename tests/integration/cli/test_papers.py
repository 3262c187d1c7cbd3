"""Papers by commands: a Word file, a letterhead, a typed number, a correction and a withdrawal."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from tests.integration.cli.conftest import Cli, launch, run_phases


def urged(cli: Cli) -> Cli:
    """Some paper was delivered."""
    run_phases(launch(cli))
    deliver(cli)
    return cli


def deliver(cli: Cli) -> None:
    """The webhook is not set up and refuses; the file takes it."""
    for _ in range(2):
        cli.json("deliver", "--campaign", "x")


def first(cli: Cli, **wanted: str) -> dict[str, object]:
    rows = cli.json("notices", "list", "--campaign", "x")
    return next(row for row in rows if all(row[name] == value for name, value in wanted.items()))


def test_a_paper_is_written_as_a_word_file_with_its_slips(cli: Cli, tmp_path: Path) -> None:
    paper = str(first(urged(cli), state="delivered")["id"])
    made = cli.json("notices", "document", paper, "-o", "a.docx")
    assert made["files"] == ["a.docx"]
    assert Document(str(tmp_path / "a.docx")).paragraphs[0].text.startswith("【演练】")
    assert cli.json("notices", "document", paper, "-o", "b.docx", "--slip", "签收单")["form"] == "签收单"
    assert cli("notices", "document", paper, "-o", "b.pdf").code == 2
    assert "没有编号或文号" in cli("notices", "document", "999", "-o", "c.docx").err


def test_templates_are_checked_with_an_exit_code(cli: Cli, tmp_path: Path) -> None:
    assert cli("notices", "templates", "check").code == 0
    document = Document()
    document.add_paragraph("{{ 单位名 }}")
    document.save(str(tmp_path / "通报.docx"))
    answer = cli("notices", "templates", "check", str(tmp_path))
    assert (answer.code, "通报.docx" in answer.out, "单位名" in answer.out) == (1, True, True)


@pytest.mark.parametrize("words", [["--relation", "东岸街道"], ["--relation", "东岸街道=邻居"], []])
def test_a_letterhead_that_says_nothing_is_a_usage_error(cli: Cli, words: list[str]) -> None:
    assert launch(cli)("notices", "letterhead", "x", *words).code == 2


def test_an_issued_paper_is_corrected_and_withdrawn_by_numbered_papers(cli: Cli) -> None:
    paper = str(first(urged(cli), state="delivered")["id"])
    cli.json("notices", "letterhead", "x", "--issuer", "东文创办")

    assert cli("notices", "correct", paper, "--text", "改", "--as", "clock", "--reason", "r").code == 2
    cli.json("notices", "correct", paper, "--text", "时限应为3月20日。", "--reason", "笔误")
    deliver(cli)
    cli.at("2026-03-09T09:30").json("notices", "recall", paper, "--reason", "单位有误")
    deliver(cli)

    assert first(cli, kind="更正通知")["number"] == "东文创办发〔2026〕1号"
    assert first(cli, kind="撤回通知")["number"] == "东文创办发〔2026〕2号"
    assert {row["state"] for row in cli.json("notices", "list", "--campaign", "x") if str(row["id"]) == paper} == {"withdrawn"}
    assert cli("verify").code == 0
