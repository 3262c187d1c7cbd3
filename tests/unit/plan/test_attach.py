"""Attached sources fill blanks, add what is theirs to add, and every contradiction is shown with both lines."""

from __future__ import annotations

from typing import Any

import pytest

from campaign.plan.attach import attach
from campaign.plan.spec import Item, Phase, PlanSpec, PlanWarning, Source, Target


def plan(role: str, *items: Item, effective: str | None = None, phases: tuple[Phase, ...] = (), name: str | None = None, **more: Any) -> PlanSpec:
    source = Source.model_validate({"name": name or f"{role}.docx", "role": role, "effective": effective})
    return PlanSpec(title="云河区创建方案", items=items, phases=phases, sources=(source,), **more)


STREETS = Item(title="清理主次干道", line=5, lead_unit="城管局", deadline="2026-09-30")


def contradictions(spec: PlanSpec) -> list[str]:
    return [note.message for note in spec.warnings if note.code == "contradiction"]


def test_a_different_lead_and_deadline_are_shown_with_both_lines() -> None:
    other = plan("breakdown", Item(title="清理主次干道", line=12, lead_unit="住建局", deadline="2026-08-31"))
    told = contradictions(attach(plan("main", STREETS), [other]))
    assert len(told) == 2
    assert "牵头单位" in told[0]
    assert "第 5 行写「城管局」" in told[0]
    assert "第 12 行写「住建局」" in told[0]
    assert "期限" in told[1]


def test_what_is_the_same_in_other_words_is_no_contradiction() -> None:
    other = plan("breakdown", Item(title="清理主次干道。", lead_unit="区城管局", deadline="2026-09-30T17:00+08:00"))
    assert contradictions(attach(plan("main", STREETS), [other])) == []


def test_a_nearly_equal_title_is_the_same_task_and_a_different_one_is_not() -> None:
    near = plan("superior", Item(title="清理主次干道和", lead_unit="住建局"))
    far = plan("superior", Item(title="清理背街小巷", lead_unit="住建局"))
    assert len(contradictions(attach(plan("main", STREETS), [near]))) == 1
    assert contradictions(attach(plan("main", STREETS), [far])) == []


def test_the_later_date_of_effect_is_named_and_nothing_is_decided() -> None:
    other = plan("supplement", Item(title="清理主次干道", lead_unit="住建局"), effective="2026-06-01", name="补充通知.docx")
    put_together = attach(plan("main", STREETS, effective="2026-03-01"), [other])
    assert "后生效的是《补充通知.docx》，2026-06-01" in contradictions(put_together)[0]
    assert put_together.items[0].lead_unit == "城管局"


def test_a_breakdown_fills_blanks_and_adds_its_own_items() -> None:
    other = plan(
        "breakdown",
        Item(title="清理主次干道", lead_unit="城管局", responsible_units=("街道办",), recipient="区创建办"),
        Item(title="整治集贸市场", lead_unit="市场监管局", key="i-x", phase="p-theirs"),
    )
    items = attach(plan("main", STREETS), [other]).items
    assert [item.title for item in items] == ["清理主次干道", "整治集贸市场"]
    assert (items[0].responsible_units, items[0].recipient, items[0].deadline) == (("街道办",), "区创建办", "2026-09-30")
    assert (items[1].key, items[1].phase) == (None, None)


@pytest.mark.parametrize("role", ["superior", "standard"])
def test_a_superior_plan_and_a_standard_add_nothing(role: str) -> None:
    other = plan(role, Item(title="清理主次干道", responsible_units=("街道办",)), Item(title="整治集贸市场"))
    assert attach(plan("main", STREETS), [other]).items == (STREETS,)


def test_phases_and_targets_that_differ_are_shown() -> None:
    rate = Target(metric="覆盖率", op=">=", value=90, unit="%", text="覆盖率90%以上")
    main = plan("main", STREETS.model_copy(update={"targets": (rate,)}), phases=(Phase(name="集中整治", line=9, end="2026-09-30"),))
    other = plan(
        "superior",
        Item(title="清理主次干道", targets=(rate.model_copy(update={"value": 95.0, "text": "覆盖率95%以上"}),)),
        phases=(Phase(name="集中整治", line=3, end="2026-08-31"),),
    )
    told = contradictions(attach(main, [other]))
    assert any("覆盖率95%以上" in message for message in told)
    assert any("阶段「集中整治」的结束时间" in message and "2026-08-31" in message for message in told)


def test_an_attachment_that_is_there_is_missed_no_longer() -> None:
    main = plan("main", STREETS, warnings=(PlanWarning(line=3, code="attachment_missing", message="见附件"),))
    put_together = attach(main, [plan("breakdown")])
    assert [note.code for note in put_together.warnings] == []
    assert [source.role for source in put_together.sources] == ["main", "breakdown"]


def test_without_attachments_the_plan_stays_as_it_is() -> None:
    main = plan("main", STREETS)
    assert attach(main, []) == main
