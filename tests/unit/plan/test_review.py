"""The review shows what a person has to look at: blanks by word and colour, phases in proportion, lines of the source."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from campaign.plan.review import BAR, review
from campaign.plan.spec import Item, Material, Mechanism, Organisation, Person, Phase, PhaseKind, PlanSpec, Recurrence

PLAN = PlanSpec(
    title="云河区创建方案",
    organisation=Organisation(name="领导小组", head=(Person(position="区长"),)),
    phases=(
        Phase(key="a", name="动员部署", kind=PhaseKind.MOBILIZATION, line=3, start="2026-03-01", end="2026-03-31"),
        Phase(key="b", name="集中整治", kind=PhaseKind.ROLLOUT, line=4, start="2026-04-01", end="2026-12-31"),
        Phase(key="c", name="总结", kind=PhaseKind.CONSOLIDATION, line=5, end_text="节前"),
    ),
    items=(
        Item(
            title="清理主次干道",
            number="1、",
            line=8,
            lead_unit="城管局",
            responsible_units=("街道办",),
            deadline="2026-09-30",
            materials=(Material(name="台账", copies=2),),
        ),
        Item(title="整治[集贸]市场", line=9, lead_unit="__"),
        Item(title="报送周报", line=10, lead_unit="创建办", recurrence=Recurrence(every="week", on=("FR",))),
    ),
    supervision=(Mechanism(kind="circular", text="逾期的予以通报。", line=20),),
)


def shown(spec: PlanSpec, *, colour: bool = False) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=160, force_terminal=colour, color_system="standard" if colour else None)
    for part in review(spec):
        console.print(part)
    return stream.getvalue()


def row(spec: PlanSpec, word: str) -> str:
    return next(line for line in shown(spec).split("\n") if word in line)


def test_items_show_line_units_deadline_and_papers() -> None:
    told = row(PLAN, "清理主次干道")
    for word in ("8", "1、", "城管局", "街道办", "2026-09-30", "台账(2份)"):
        assert word in told
    assert "每周五" in row(PLAN, "报送周报")


def test_a_blank_lead_is_marked_by_a_word_and_in_red() -> None:
    assert "空缺" in row(PLAN, "[集贸]")
    assert "\x1b[1;31m空缺" in shown(PLAN, colour=True)


def test_bars_are_as_long_as_their_phases() -> None:
    lengths = {name: row(PLAN, name).count("█") for name in ("动员部署", "集中整治")}
    assert sum(lengths.values()) <= BAR + 1
    assert 7 < lengths["集中整治"] / lengths["动员部署"] < 10
    starts = {name: row(PLAN, name).index("█") for name in lengths}
    assert starts["动员部署"] < starts["集中整治"]


def test_a_phase_without_dates_has_no_bar_and_its_words_in_place() -> None:
    told = row(PLAN, "待定（节前）")
    assert "总结" in told
    assert "█" not in told


def test_mechanisms_are_named_in_chinese_with_their_line() -> None:
    told = row(PLAN, "逾期的予以通报")
    assert "通报" in told
    assert "20" in told


def test_the_months_stand_above_the_bars() -> None:
    head = next(line for line in shown(PLAN).split("\n") if "3月" in line and "阶段" in line)
    assert head.index("3月") < head.index("9月")


@pytest.mark.parametrize(
    "spec", [PlanSpec(title="空"), PlanSpec(title="空", phases=(Phase(name="甲", start="2026-01-01", end="2026-01-01"),))], ids=["nothing", "one day"]
)
def test_a_nearly_empty_plan_is_shown_too(spec: PlanSpec) -> None:
    assert "没有读到" in shown(spec)
