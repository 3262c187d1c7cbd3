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


def test_sending_hours_are_shown_changed_and_refused_when_they_are_none(cli: Cli) -> None:
    launch(cli)
    assert cli.json("notices", "hours", "--campaign", "x")["from"] == "08:00"
    changed = cli.json("notices", "hours", "--campaign", "x", "--from", "9:00", "--to", "18:30", "--rest-days")
    assert changed == cli.json("notices", "hours", "--campaign", "x") == {"campaign": "x", "from": "09:00", "to": "18:30", "rest_days": True}
    for words in (["--from", "20:00"], ["--to", "晚上"], ["--to", "25:00"]):
        answer = cli("notices", "hours", "--campaign", "x", *words)
        assert (answer.code, "发送时段" in answer.err) == (2, True)
    assert cli.json("notices", "hours", "--campaign", "x") == changed


def test_the_monthly_cap_names_the_units_that_are_over_it(cli: Cli) -> None:
    urged(cli)
    assert cli.json("notices", "cap", "--campaign", "x")["cap"] == 30
    assert cli("notices", "cap", "--campaign", "x", "--set", "0").code == 2
    paper = str(first(cli, state="delivered")["id"])
    for day in ("2026-03-03", "2026-03-04"):
        cli.at(f"{day}T10:00").json("notices", "correct", paper, "--text", "时限应为3月20日。", "--reason", "笔误")
        deliver(cli)
    shown = cli.json("notices", "cap", "--campaign", "x", "--set", "1")
    assert shown["cap"] == 1
    assert [row["papers"] for row in shown["units"] if row["over"]] == [2]
    assert "超过上限" in cli("notices", "cap", "--campaign", "x").out


def test_a_paper_is_signed_for_by_command_and_on_paper(cli: Cli) -> None:
    urged(cli)
    papers = [str(row["id"]) for row in cli.json("notices", "list", "--campaign", "x") if row["kind"] == "任务分解通知" and row["state"] == "delivered"]
    assert cli.json("ack", "--notice", papers[0], "--as", "酉二")["by"] == "酉二"
    assert cli.json("ack", "--notice", papers[1], "--paper", "张三")["by"] == "张三"
    again = cli("ack", "--notice", papers[0], "--as", "酉二")
    assert (again.code, "已经签收" in again.err) == (2, True)
    for words in ([], ["1", "--notice", papers[0]], ["1", "--paper", "张三"]):
        assert cli("ack", *words).code == 2
