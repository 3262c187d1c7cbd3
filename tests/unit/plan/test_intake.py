"""Each sample becomes a PlanSpec from its file, with its hash, its lines and what is missing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from openpyxl import Workbook

from campaign.errors import BadPlan
from campaign.plan.intake import list_parts, read_file
from campaign.plan.spec import PhaseKind, PlanKind
from tests.samples.plans import build

KINDS = {
    "卫生城区.docx": PlanKind.CAMPAIGN_PLAN,
    "安全社区.txt": PlanKind.CAMPAIGN_PLAN,
    "文明校园.txt": PlanKind.CAMPAIGN_PLAN,
    "人居环境.pdf": PlanKind.CAMPAIGN_PLAN,
    "志愿服务.md": PlanKind.WORK_PLAN,
    "平安百日.txt": PlanKind.CAMPAIGN_PLAN,
    "防汛预案.txt": PlanKind.EMERGENCY_PLAN,
    "活动通知.docx": PlanKind.ACTIVITY_NOTICE,
    "上半年总结.txt": PlanKind.REPORT,
    "环卫制度.txt": PlanKind.MANAGEMENT_RULES,
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items(), ids=list(KINDS))
def test_the_kind_of_each_sample_is_told(tmp_path: Path, name: str, kind: PlanKind) -> None:
    assert read_file(build(name, tmp_path), year=2026).kind == kind


def test_a_word_plan_has_its_phases_organisation_and_table(tmp_path: Path) -> None:
    path = build("卫生城区.docx", tmp_path)
    spec = read_file(path, year=2026)
    assert [(phase.kind, phase.start, phase.end) for phase in spec.phases] == [
        (PhaseKind.MOBILIZATION, "2026-03-01", "2026-03-31"),
        (PhaseKind.ROLLOUT, "2026-04-01", "2026-09-30"),
        (PhaseKind.READINESS, "2026-10-01", "2026-11-15"),
    ]
    assert [(item.title, item.lead_unit, item.deadline) for item in spec.items] == [
        ("清理背街小巷垃圾", "城管局", "2026-06-30"),
        ("改造老旧公厕18座", "城管局", "2026-08-31"),
        ("除四害集中消杀", "疾控中心", None),
    ]
    assert spec.organisation.office is not None
    assert spec.organisation.office.seat == "卫生健康局"
    assert spec.sources[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_pdf_plan_has_whole_sentences(tmp_path: Path) -> None:
    spec = read_file(build("人居环境.pdf", tmp_path), year=2026)
    assert [(item.lead_unit, item.deadline) for item in spec.items] == [
        ("农业农村局", "2026-05-31"),
        ("卫生健康局", "2026-06-30"),
        ("自然资源局", "2026-07-15"),
    ]
    assert "一次彻底清理,做到日产日清" in spec.items[0].text


def test_several_plans_are_read_one_at_a_time(tmp_path: Path) -> None:
    path = build("三篇方案.txt", tmp_path)
    assert [part.title for part in list_parts(path)] == ["文明创建工作方案 篇一", "文明创建工作方案 篇二", "文明创建工作方案 篇三"]
    with pytest.raises(BadPlan, match="--part 1 到 --part 3"):
        read_file(path, year=2026)
    with pytest.raises(BadPlan, match="没有第 4 篇"):
        read_file(path, year=2026, part=4)
    spec = read_file(path, year=2026, part=2)
    assert "布置文化长廊" in spec.items[0].text
    assert all(item.line is not None and item.line > 12 for item in spec.items)


def test_a_workbook_without_the_expected_columns_says_which(tmp_path: Path) -> None:
    path = tmp_path / "花名册.xlsx"
    book = Workbook()
    assert book.active is not None
    book.active.append(["序号", "任务", "得分"])
    book.active.append([1, "清理街面", 5])
    book.save(path)
    with pytest.raises(BadPlan) as refused:
        read_file(path, year=2026)
    assert refused.value.code == "no_task_table"
    assert "「任务」当作任务" in refused.value.message
    assert "缺" in refused.value.message


def test_blanks_and_missing_attachments_are_noted_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("创建方案\n一、任务\n(一)清理街面。由城管局负责,20xx年9月底前完成。\n详见附件1。\n", encoding="utf-8")
    notes = {(note.line, note.code) for note in read_file(path, year=2026).warnings}
    assert (4, "attachment_missing") in notes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(一)清理街面。由城管局负责。\n(二)清理小巷。由城管局负责。\n(四)清理河道。由水务局负责。\n", {(4, "number_skips")}),
        ("(一)清理街面。由城管局负责。\n(二)清理小巷。由城管局负责。\n(二)清理河道。由水务局负责。\n", {(4, "number_repeats")}),
        ("(一)清理街面。由城管局负责。\n(二)清理小巷。由城管局负责。\n(一)清理河道。由水务局负责。\n", set()),
        ("(一)清理街面。由城管局负责。\n(二)清理小巷。由城管局负责。\n", set()),
    ],
    ids=["skips", "repeats", "starts again", "counts up"],
)
def test_numbers_are_counted_in_the_document_itself(tmp_path: Path, text: str, expected: set[tuple[int, str]]) -> None:
    path = tmp_path / "a.txt"
    path.write_text("创建方案\n" + text, encoding="utf-8")
    assert {(note.line, note.code) for note in read_file(path, year=2026).warnings if note.code.startswith("number_")} == expected


def test_numbers_of_a_task_table_are_counted_too(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    rows = "".join(f"| {number} | 任务{number} | 城管局 |\n" for number in (1, 2, 4))
    path.write_text("# 任务分解表\n\n| 序号 | 任务 | 牵头单位 |\n|---|---|---|\n" + rows, encoding="utf-8")
    assert [(note.line, note.message) for note in read_file(path, year=2026).warnings if note.code == "number_skips"] == [(7, "「4 任务4」之前缺第 3 条")]


def test_phases_that_only_a_table_names_are_added_and_short_names_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    table = "| 任务 | 牵头单位 | 阶段 |\n|---|---|---|\n| 清理街面 | 城管局 | 集中整治 |\n| 整理档案 | 档案局 | 总结归档 |\n"
    path.write_text(f"# 创建卫生城区方案\n\n一、实施步骤\n\n(一)集中整治阶段(3月1日至9月30日)\n\n二、任务分解\n\n{table}", encoding="utf-8")
    spec = read_file(path, year=2026)
    assert [(phase.name, phase.kind, phase.start) for phase in spec.phases] == [
        ("集中整治阶段", PhaseKind.ROLLOUT, "2026-03-01"),
        ("总结归档", PhaseKind.CONSOLIDATION, None),
    ]
    assert [item.phase for item in spec.items if item.lead_unit] == [spec.phases[0].key, spec.phases[1].key]
    assert all(phase.key for phase in spec.phases)
    assert all(item.key for item in spec.items)
