"""Each reason that keeps a plan from being launched, or deserves a look, is found where it is and nowhere else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from campaign.plan.check import Finding, check_plan, may_launch
from campaign.plan.check_items import parse_number
from campaign.plan.check_units import same_unit
from campaign.plan.codes import CODES, describe
from campaign.plan.spec import PlanSpec
from campaign.plan.yaml_file import parse_plan

TODAY = date(2026, 9, 1)


def clean() -> dict[str, Any]:
    """A plan that nothing is to be said about."""
    return {
        "title": "云河区创建卫生城区实施方案",
        "kind": "campaign_plan",
        "basis": ["《云河市创建卫生城市三年行动方案》(云政发〔2026〕8号)"],
        "phases": [
            {"key": "p1", "name": "动员部署", "kind": "mobilization", "start": "2026-09-01", "end": "2026-09-15"},
            {"key": "p2", "name": "集中整治", "kind": "rollout", "start": "2026-09-16", "end": "2026-11-30"},
        ],
        "items": [
            {
                "key": "i1",
                "number": "1、",
                "title": "清理主次干道",
                "lead_unit": "城管局",
                "responsible_units": ["各街道办"],
                "deadline": "2026-10-31",
                "phase": "p2",
            },
            {"key": "i2", "number": "2、", "title": "整治集贸市场", "lead_unit": "市场监管局", "responsible_units": ["商务局"], "phase": "集中整治"},
        ],
    }


def check(plan: dict[str, Any], *, today: date = TODAY, known: frozenset[str] | None = None) -> list[Finding]:
    return check_plan(PlanSpec.model_validate(plan), today=today, known_units=known)


def item(row: int = 0, **changes: Any) -> dict[str, Any]:
    plan = clean()
    plan["items"][row] |= changes
    return plan


def phase(row: int = 0, **changes: Any) -> dict[str, Any]:
    plan = clean()
    plan["phases"][row] |= changes
    return plan


def top(**changes: Any) -> dict[str, Any]:
    return clean() | changes


CASES: list[tuple[str, dict[str, Any], str]] = [
    ("not_launchable", top(kind="report"), "总结"),
    ("not_launchable", top(kind="activity_notice"), "通知"),
    ("not_launchable", top(kind="management_rules"), "制度"),
    ("no_items", top(items=[]), "没有一项任务"),
    ("duplicate_key", item(1, key="i1"), "i1"),
    ("basis_missing", top(basis=[]), "依据"),
    ("blank_lead_unit", item(lead_unit=None), "各街道办"),
    ("blank_lead_unit", item(lead_unit="__"), "清理主次干道"),
    ("several_lead_units", item(lead_unit=["城管局", "住建局"]), "城管局、住建局"),
    ("no_responsible_unit", item(responsible_units=[]), "清理主次干道"),
    ("unit_two_names", item(supporting_units=["区市场监管局"]), "市场监管局"),
    ("unknown_unit", top(units=[{"name": "城管局"}, {"name": "商务局"}]), "市场监管局"),
    ("empty_unit_class", item(unit_class="社区"), "社区"),
    ("lead_also_supports", item(supporting_units=["城管局"]), "城管局"),
    ("assumed_lead_unit", item(assumed=True), "城管局"),
    ("no_dates", top(phases=[], items=[{"title": "清理街面", "lead_unit": "城管局", "responsible_units": ["街道办"]}]), "起止日期"),
    ("dates_backwards", phase(0, start="2026-09-15", end="2026-09-02"), "动员部署"),
    ("unknown_phase", item(phase="验收"), "p1、p2"),
    ("undated_phase", phase(1, start=None, end=None, start_text="节后"), "节后"),
    ("phases_out_of_order", phase(1, start="2026-08-16"), "集中整治"),
    ("phases_overlap", phase(1, start="2026-09-10"), "还没结束"),
    ("same_phase_name", phase(1, name="动员部署", key="集中整治"), "两次"),
    ("deadline_outside_phase", item(deadline="2026-12-15"), "晚于"),
    ("deadline_outside_phase", item(deadline="2026-09-02"), "早于"),
    ("deadline_needs_inspection", item(deadline="inspection-7d"), "inspection-7d"),
    ("past_dates", phase(0, start="2026-08-01", end="2026-08-15"), "已经结束"),
    ("unclear_date", item(deadline=None, deadline_text="节前"), "节前"),
    (
        "number_skips",
        top(items=[*clean()["items"], {"title": "河道清淤", "number": "4、", "lead_unit": "水务局", "responsible_units": ["街道办"], "phase": "p2"}]),
        "缺第 3",
    ),
    (
        "number_repeats",
        top(items=[*clean()["items"], {"title": "河道清淤", "number": "2、", "lead_unit": "水务局", "responsible_units": ["街道办"], "phase": "p2"}]),
        "已经用过",
    ),
    ("same_task_twice", top(items=[*clean()["items"], clean()["items"][0] | {"key": "i9", "number": None}]), "相同"),
    ("material_without_recipient", item(materials=[{"name": "工作总结"}]), "工作总结"),
    ("attachment_missing", item(text="按任务分解表(附件2)执行"), "附件2"),
    ("placeholder", item(text="20__年底前完成"), "20__年"),
    ("placeholder", item(responsible_units=["xx街道"]), "xx街道"),
    ("fine_needs_basis", item(text="逾期的罚款200元"), "罚款"),
    ("signed_without_basis", top(basis=[], items=[clean()["items"][0] | {"signed": True}]), "责任书"),
    ("letter_without_basis", top(basis=[], supervision=[{"kind": "responsibility_letter", "text": "层层签订责任书"}]), "责任书"),
    ("veto_without_basis", top(basis=[], supervision=[{"kind": "veto", "text": "实行一票否决"}]), "一票否决"),
    ("needs_confirmation", top(warnings=[{"line": 3, "code": "needs_confirmation", "message": "「春节前」需确认"}]), "春节前"),
    ("contradiction", top(warnings=[{"line": 3, "code": "contradiction", "message": "附件与正文的期限不同"}]), "期限不同"),
]


def test_a_sound_plan_has_no_findings() -> None:
    assert check(clean()) == []


@pytest.mark.parametrize(("code", "plan", "words"), CASES, ids=[f"{code}-{row}" for row, (code, _, _) in enumerate(CASES)])
def test_each_fault_is_found_with_its_reason_and_remedy(code: str, plan: dict[str, Any], words: str) -> None:
    found = [finding for finding in check(plan) if finding.code == code]
    assert found
    assert words in found[0].message
    assert found[0].level == CODES[code].level
    assert found[0].why
    assert found[0].todo


def test_each_code_has_a_case() -> None:
    assert {code for code, _, _ in CASES} == set(CODES)


def test_the_page_in_the_docs_is_the_list_of_codes() -> None:
    page = Path(__file__).parents[3] / "docs" / "plan-check.md"
    assert page.read_text(encoding="utf-8") == describe(), "run: python -m campaign.plan.codes > docs/plan-check.md"


def test_errors_come_first_and_keep_a_plan_from_being_launched() -> None:
    findings = check(top(basis=[], items=[{"title": "清理街面"}]))
    levels = [finding.level for finding in findings]
    assert levels == sorted(levels)
    assert not may_launch(findings)
    assert may_launch(check(top(basis=[])))


def test_a_finding_has_the_line_of_the_file_and_the_line_of_the_source() -> None:
    loaded = parse_plan("title: 方案\nitems:\n  - title: 清理街面\n    line: 41\n    lead_unit:\n")
    lead = next(finding for finding in check_plan(loaded.spec, lines=loaded.lines, today=TODAY) if finding.code == "blank_lead_unit")
    assert (lead.line, lead.source_line) == (5, 41)


def test_without_a_file_the_line_is_the_line_of_the_source() -> None:
    lead = next(finding for finding in check(item(lead_unit=None, line=41)) if finding.code == "blank_lead_unit")
    assert (lead.line, lead.source_line) == (41, 41)


def test_an_item_for_a_class_of_units_needs_no_lead() -> None:
    plan = item(lead_unit=None, unit_class="社区") | {"units": [{"name": "东湖社区", "kind": "社区"}, *({"name": name} for name in ("市场监管局", "商务局"))]}
    assert check(plan) == []


def test_a_date_that_the_reader_asked_about_is_not_asked_about_twice() -> None:
    note = {"line": 41, "code": "needs_confirmation", "message": "「节前」需确认"}
    plan = item(deadline=None, deadline_text="节前", line=41) | {"warnings": [note]}
    assert [finding.code for finding in check(plan)] == ["needs_confirmation"]


def test_units_are_compared_only_with_a_list() -> None:
    assert check(clean(), known=None) == []
    assert {finding.code for finding in check(clean(), known=frozenset({"城管局", "商务局"}))} == {"unknown_unit"}


def test_own_deadlines_of_all_items_make_phases_needless() -> None:
    plan = top(phases=[], items=[{"title": "清理街面", "lead_unit": "城管局", "responsible_units": ["街道办"], "deadline": "2026-10-01"}])
    assert check(plan) == []


def test_an_attached_source_answers_for_the_attachment() -> None:
    plan = item(text="按任务分解表(附件2)执行") | {"sources": [{"name": "正文.docx"}, {"name": "分解表.xlsx", "role": "breakdown"}]}
    assert check(plan) == []


def test_numbers_that_start_again_are_a_new_list() -> None:
    plan = clean()
    plan["items"] += [
        {"key": f"n{row}", "title": title, "number": number, "lead_unit": "水务局", "responsible_units": ["街道办"]}
        for row, (title, number) in enumerate([("河道清淤工程", "1、"), ("沟渠疏通工程", "2、"), ("塘堰加固工程", "1、"), ("水面保洁工作", "2、")])
    ]
    assert check(plan) == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("1、", 1),
        ("(三)", 3),
        ("（三）", 3),
        ("十二、", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("③", 3),
        ("2)", 2),
        ("第四条", 4),
        ("乙", None),
        ("", None),
        ("1.2.3", None),
    ],
)
def test_a_number_is_read_in_each_style(number: str, expected: int | None) -> None:
    parsed = parse_number(number)
    assert (parsed[1] if parsed else None) == expected


def test_styles_of_numbers_are_kept_apart() -> None:
    assert parse_number("(1)") != parse_number("1、")
    assert parse_number("（1）") == parse_number("(1)")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("区教育局", "教育局", True),
        ("城管局", "城市管理局", True),
        ("区城管局", "城市管理局", True),
        ("住建局", "住房和城乡建设局", True),
        ("卫健委", "卫生健康委", True),
        ("宣传部", "县委宣传部", True),
        ("东区教育局", "西区教育局", False),
        ("城关街道", "城南街道", False),
        ("文化社区", "文社区", False),
        ("教育局", "教体局", False),
        ("交通局", "交警大队", False),
        ("第一小学", "第二小学", False),
        ("社区教育中心", "教育中心", False),
    ],
)
def test_two_names_of_one_unit_are_told_from_two_units(one: str, other: str, same: bool) -> None:
    assert same_unit(one, other) is same
    assert same_unit(other, one) is same


def test_a_thousand_units_are_compared_in_time() -> None:
    letters = "东西南北中山河湖海城乡林田石桥溪"
    names = [f"{a}{b}{c}社区" for a in letters for b in letters for c in letters[:4]]
    plan = top(items=[{"title": "入户宣传文明公约", "lead_unit": "文明办", "responsible_units": names, "deadline": "2026-10-01"}])
    assert check(plan) == []
