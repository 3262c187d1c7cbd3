"""Each unit gets its own rows; its answer comes back as a proposal, and rivals are shown instead of chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from campaign.errors import BadPlan
from campaign.plan.keys import with_keys
from campaign.plan.spec import Item, Phase, PlanSpec
from campaign.plan.unit_sheets import Answers, is_answered, read_answers, write_unit_sheets
from campaign.plan.workbook import KEY, write_workbook

PLAN = with_keys(
    PlanSpec(
        title="云河区创建方案",
        phases=(Phase(name="集中整治", start="2026-03-01", end="2026-11-30"),),
        items=(
            Item(title="清理主次干道", lead_unit="城管局", responsible_units=("街道办",), supporting_units=("住建局",), deadline="2026-09-30"),
            Item(title="整治集贸市场", lead_unit="市场监管局", responsible_units=("街道办", "城管局")),
            Item(title="入户宣传", unit_class="社区"),
        ),
    )
)


def answered(folder: Path, answers: dict[tuple[str, str], dict[str, str]]) -> Path:
    """The workbook with the cells filled in that (unit, title) name."""
    path = folder / "征求意见.xlsx"
    write_unit_sheets(PLAN, path)
    book = openpyxl.load_workbook(path)
    for (unit, title), cells in answers.items():
        sheet: Any = book[unit]
        columns = {cell.value: cell.column for cell in sheet[3]}
        row = next(row for row in range(4, sheet.max_row + 1) if sheet.cell(row, columns["任务"]).value == title)
        for name, text in cells.items():
            sheet.cell(row, columns[name]).value = text
    book.save(path)
    return path


def read(folder: Path, answers: dict[tuple[str, str], dict[str, str]]) -> Answers:
    return read_answers([answered(folder, answers)], PLAN)


def test_each_unit_has_a_sheet_with_the_rows_and_role_that_are_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert dict(write_unit_sheets(PLAN, path)) == {"城管局": 2, "街道办": 2, "住建局": 1, "市场监管局": 1, "各社区": 1}
    sheet: Any = openpyxl.load_workbook(path)["城管局"]
    columns = {cell.value: cell.column for cell in sheet[3]}
    assert [(sheet.cell(row, columns["任务"]).value, sheet.cell(row, columns["本单位"]).value) for row in (4, 5)] == [
        ("清理主次干道", "牵头"),
        ("整治集贸市场", "责任"),
    ]


def test_an_agreement_is_counted_and_silence_is_named(tmp_path: Path) -> None:
    answers = read(tmp_path, {("城管局", "清理主次干道"): {"意见": "同意"}})
    assert answers.proposals == []
    assert answers.agreed == {"城管局": 1}
    assert set(answers.silent) == {"街道办", "住建局", "市场监管局", "各社区"}


def test_a_proposal_has_its_unit_reason_and_change(tmp_path: Path) -> None:
    answers = read(tmp_path, {("城管局", "清理主次干道"): {"意见": "建议修改", "建议时限": "10月底前", "理由": "雨季施工"}})
    (proposal,) = answers.proposals
    assert (proposal.unit, proposal.column, proposal.old, proposal.new, proposal.reason) == ("城管局", "时限", "2026-09-30", "10月底前", "雨季施工")
    assert [change.fields["deadline"] for change in answers.accepted] == ["2026-10-31"]


def test_rival_proposals_are_both_shown_and_neither_is_accepted(tmp_path: Path) -> None:
    answers = read(
        tmp_path,
        {
            ("城管局", "清理主次干道"): {"建议时限": "2026-10-31", "建议配合单位": "水务局"},
            ("街道办", "清理主次干道"): {"建议时限": "2026-08-31"},
        },
    )
    assert {(proposal.unit, proposal.rivals) for proposal in answers.proposals if proposal.column == "时限"} == {
        ("城管局", ("街道办",)),
        ("街道办", ("城管局",)),
    }
    assert [change.column for change in answers.accepted] == ["配合单位"]


def test_two_units_that_want_the_same_are_no_rivals(tmp_path: Path) -> None:
    answers = read(tmp_path, {("城管局", "清理主次干道"): {"建议时限": "2026-10-31"}, ("街道办", "清理主次干道"): {"建议时限": "2026-10-31"}})
    assert all(not proposal.rivals for proposal in answers.proposals)


def test_an_objection_without_a_proposal_is_kept_and_changes_nothing(tmp_path: Path) -> None:
    answers = read(tmp_path, {("住建局", "清理主次干道"): {"意见": "不属本单位职责", "理由": "职责在城管"}})
    (proposal,) = answers.proposals
    assert (proposal.opinion, proposal.change) == ("不属本单位职责", None)
    assert answers.accepted == []


def test_units_may_send_their_files_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "甲").mkdir()
    (tmp_path / "乙").mkdir()
    one = answered(tmp_path / "甲", {("城管局", "清理主次干道"): {"意见": "同意"}})
    two = answered(tmp_path / "乙", {("街道办", "整治集贸市场"): {"建议时限": "2026-06-30"}})
    answers = read_answers([one, two], PLAN)
    assert answers.agreed == {"城管局": 1}
    assert [proposal.unit for proposal in answers.proposals] == ["街道办"]


def test_a_row_whose_key_was_changed_is_named_and_not_used(tmp_path: Path) -> None:
    answers = read(tmp_path, {("城管局", "清理主次干道"): {"建议时限": "2026-10-31", KEY: "i-nothing"}})
    assert answers.proposals == []
    assert answers.unknown_keys == ["i-nothing"]


def test_other_workbooks_are_told_from_answers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(PLAN, path)
    assert not is_answered(path)
    with pytest.raises(BadPlan, match="不是征求意见表"):
        read_answers([path], PLAN)
    assert is_answered(answered(tmp_path, {}))


def test_a_plan_without_units_has_nobody_to_ask(tmp_path: Path) -> None:
    with pytest.raises(BadPlan, match="没有写任何单位"):
        write_unit_sheets(PlanSpec(title="方案", items=(Item(title="清理街面"),)), tmp_path / "a.xlsx")


def test_long_and_odd_names_of_units_become_names_of_sheets(tmp_path: Path) -> None:
    names = ["区/县:综合*执法?大队[一]", "很" * 40 + "甲", "很" * 40 + "乙"]
    spec = PlanSpec(title="方案", items=tuple(Item(title=f"任务{row}", lead_unit=name) for row, name in enumerate(names)))
    write_unit_sheets(spec, tmp_path / "a.xlsx")
    assert set(read_answers([tmp_path / "a.xlsx"], spec).silent) == set(names)
