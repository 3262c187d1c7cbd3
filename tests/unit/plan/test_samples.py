"""Whole invented plans of different kinds: what a careful person finds in them is what the reader finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.plan.reader import read_plan
from campaign.plan.source import SourceText
from campaign.plan.spec import PlanSpec

SAMPLES = Path(__file__).parent / "samples"

KINDS = {
    "street_waste": "campaign_plan",
    "school_safety_month": "activity_notice",
    "county_road": "campaign_plan",
    "hospital_plan": "work_plan",
    "property_rules": "management_rules",
    "flood_emergency": "emergency_plan",
    "factory_month": "campaign_plan",
    "community_report": "report",
    "village_garden": "campaign_plan",
    "bureau_inspection": "campaign_plan",
    "league_volunteer": "activity_notice",
    "district_twophase": "campaign_plan",
}

PHASES = {
    "street_waste": [
        ("动员部署阶段", "mobilization", "2026-03-01", "2026-03-20"),
        ("集中推进阶段", "rollout", "2026-03-21", "2026-10-31"),
        ("检查验收阶段", "readiness", "2026-11-01", "2026-11-30"),
        ("总结巩固阶段", "consolidation", "2026-12-01", "2026-12-31"),
    ],
    "county_road": [
        ("宣传发动", "mobilization", "2026-08-01", "2026-08-15"),
        ("集中整治", "rollout", "2026-08-16", "2026-11-15"),
        ("督查整改", "rectification", "2026-11-16", "2026-12-15"),
        ("总结提高", "consolidation", "2026-12-16", "2027-01-10"),
    ],
    "factory_month": [
        ("宣传准备阶段", "mobilization", "2026-05-20", "2026-05-31"),
        ("活动实施阶段", "rollout", "2026-06-01", "2026-06-25"),
        ("总结评比阶段", "consolidation", "2026-06-26", "2026-06-30"),
    ],
    "village_garden": [
        ("启动阶段", "mobilization", "2026-11-01", "2026-11-20"),
        ("创建阶段", "rollout", "2026-11-21", None),
        ("评比阶段", "consolidation", "2027-03-01", "2027-03-31"),
    ],
    "bureau_inspection": [
        ("自查整改阶段", "rectification", None, "2026-05-10"),
        ("迎检冲刺阶段", "readiness", "2026-05-11", "2026-05-31"),
        ("巩固提高阶段", "consolidation", "2026-06-01", None),
    ],
    "district_twophase": [
        ("试点阶段", "rollout", "2026-01-01", "2026-03-31"),
        ("推广阶段", "rollout", "2026-04-01", "2026-09-30"),
        ("总结阶段", "consolidation", "2026-10-01", "2026-12-31"),
    ],
}

# number, lead, responsible, supporting, deadline, period
ITEMS = {
    "street_waste": [
        ("(一)", "城市管理科", ["各社区", "各物业公司"], ["财政所"], "2026-06-30", None),
        ("(二)", "党建办", ["各社区"], [], None, "month"),
        ("(三)", "综合执法队", ["市场监管所", "派出所"], [], None, None),
        ("(三)", None, ["各社区"], [], "2026-04-10", None),
    ],
    "school_safety_month": [
        ("1、", "德育处", [], [], None, None),
        ("2、", None, ["各年级组"], [], "2026-04-10", None),
        ("3、", "总务处", [], ["德育处", "各年级组"], "2026-04-18", None),
        ("4、", "总务处", [], [], None, "week"),
        ("5、", "少先队大队部", [], [], None, None),
        ("2、", None, ["各年级组"], [], "2026-05-05", None),
    ],
    "county_road": [
        ("1.", None, ["各乡镇人民政府"], [], "2026-09-20", None),
        ("2.", "县自然资源局", [], ["县交通运输局", "县综合行政执法局"], "2026-10-31", None),
        ("3.", None, ["县公安局交警大队", "县交通运输局"], [], None, None),
        ("4.", "县公路管理局", [], [], "2026-12-31", None),
        (None, None, ["各乡镇", "各部门"], [], "2026-12-25", None),
    ],
    "hospital_plan": [
        ("(一)", "医务科", [], [], None, "quarter"),
        ("(二)", "质控科", [], [], None, "month"),
        ("(三)", "院感科", [], ["护理部"], None, None),
        ("(四)", "科教科", [], [], None, None),
    ],
    "property_rules": [("第三条", "秩序维护部", [], [], None, None), ("第四条", "工程部", [], [], None, "month"), ("第五条", "客服部", [], [], None, None)],
    "flood_emergency": [
        ("(一)", "指挥部办公室", [], [], None, None),
        ("(二)", "镇水利站", [], [], None, None),
        ("(三)", "镇武装部", [], [], None, None),
        ("(四)", "镇民政办", [], [], None, None),
        ("(五)", "后勤保障组", [], [], None, None),
        ("(一)", None, ["各村"], [], None, None),
        ("(二)", None, ["各村"], [], None, None),
    ],
    "community_report": [("1、", None, [], [], None, None), ("2、", None, [], [], None, "month"), ("3、", None, [], [], None, "open")],
    "village_garden": [
        ("1、", "村党支部书记", [], [], None, None),
        ("2、", "妇联主席", [], [], None, "month"),
        ("3、", "村民小组长", [], [], None, None),
        ("(1)", "保洁员", [], [], None, "day"),
        ("(2)", "保洁员", [], [], None, "day"),
    ],
    "bureau_inspection": [
        ("(一)", None, ["市场科", "各监管所"], [], None, "day"),
        ("(二)", None, ["食品科"], [], None, None),
        ("(三)", None, ["办公室"], [], "2026-05-15", None),
        ("(一)", "局领导", [], [], None, "week"),
    ],
    "district_twophase": [
        ("1、", "区城管局", [], [], None, "month"),
        ("2、", "区卫健局", [], [], None, "festival"),
        ("3、", None, ["各街道"], [], None, None),
        ("4、", "区教育局", [], [], None, None),
    ],
}

MECHANISMS = {
    "street_waste": {"rectify", "issue_list", "penalty", "acceptance", "assessment", "circular", "accountability", "periodic_report"},
    "county_road": {"patrol", "supervise", "rectify", "circular", "accountability"},
    "flood_emergency": {"early_warning", "patrol", "issue_list", "responsibility_system", "accountability", "periodic_report"},
    "bureau_inspection": {"supervise", "rectify", "inspection", "responsibility_system", "circular", "veto", "accountability", "assessment"},
    "property_rules": {"patrol", "inspection", "public_voice", "penalty", "reward", "issue_list"},
}


def plan(name: str) -> PlanSpec:
    return read_plan(SourceText.from_text((SAMPLES / f"{name}.txt").read_text("utf-8")), year=2026)


@pytest.mark.parametrize(("name", "kind"), KINDS.items(), ids=KINDS)
def test_the_kind_of_each_plan(name: str, kind: str) -> None:
    assert plan(name).kind == kind


@pytest.mark.parametrize(("name", "expected"), PHASES.items(), ids=PHASES)
def test_stages_have_names_kinds_and_days(name: str, expected: list[tuple[str, str, str | None, str | None]]) -> None:
    assert [(p.name, p.kind.value, p.start, p.end) for p in plan(name).phases] == expected


@pytest.mark.parametrize(("name", "expected"), ITEMS.items(), ids=ITEMS)
def test_items_stand_at_the_level_of_their_responsibility(name: str, expected: list[object]) -> None:
    items = plan(name).items
    assert [
        (
            i.number,
            i.lead_unit,
            list(i.responsible_units),
            list(i.supporting_units),
            i.deadline and i.deadline[:10],
            i.recurrence.every if i.recurrence else None,
        )
        for i in items
    ] == expected


@pytest.mark.parametrize(("name", "expected"), MECHANISMS.items(), ids=MECHANISMS)
def test_mechanisms_that_the_text_carries(name: str, expected: set[str]) -> None:
    assert expected <= {m.kind for m in plan(name).supervision}


def test_the_leading_group_its_office_and_its_teams() -> None:
    waste, road, factory = plan("street_waste").organisation, plan("county_road").organisation, plan("factory_month").organisation
    assert waste.head[0].position == "街道党工委书记"
    assert waste.office is not None
    assert (waste.office.name, waste.office.seat, waste.office.director) == ("领导小组办公室", "城市管理科", "城市管理科科长")
    assert [g.name for g in road.groups] == ["综合协调组", "宣传报道组", "督查考核组"]
    assert factory.office is not None
    assert (factory.office.name, factory.office.seat) == ("活动办公室", "安环部")


def test_items_of_a_stage_name_it_by_its_key() -> None:
    spec = plan("factory_month")
    keys = {p.key for p in spec.phases}
    assert [i.phase in keys for i in spec.items] == [True] * 6
    assert spec.items[0].phase == spec.phases[0].key


def test_what_stays_open_is_listed_with_its_line() -> None:
    spec = plan("village_garden")
    assert spec.phases[1].end_text == "春节前"
    assert [(w.line, w.code) for w in spec.warnings if w.code == "needs_confirmation"] == [(18, "needs_confirmation")]


def test_keys_survive_an_edit_elsewhere() -> None:
    text = (SAMPLES / "street_waste.txt").read_text("utf-8")
    edited = text.replace("(一)完善投放设施", "(一)建立台账。\n牵头单位:环卫所\n(二)完善投放设施").replace("(二)加强宣传引导", "(三)加强宣传引导")
    before = {i.title: i.key for i in plan("street_waste").items}
    after = {i.title: i.key for i in read_plan(SourceText.from_text(edited), year=2026).items}
    assert before.items() <= after.items()


def test_the_year_is_the_campaigns_and_never_todays() -> None:
    spec = read_plan(SourceText.from_text((SAMPLES / "county_road.txt").read_text("utf-8")), year=2031)
    assert (spec.start, spec.end) == ("2031-08-01", "2032-01-10")


def test_a_report_hands_out_only_what_it_still_plans() -> None:
    spec = plan("community_report")
    assert spec.phases == ()
    assert {i.line for i in spec.items} == {10, 11, 12}


def test_titles_and_source_lines_are_given_for_every_item() -> None:
    for name in KINDS:
        lines = (SAMPLES / f"{name}.txt").read_text("utf-8").splitlines()
        for item in plan(name).items:
            assert item.title
            assert item.line is not None
            assert lines[item.line - 1].strip()


def test_a_plan_that_is_only_a_standard_gives_indicators() -> None:
    text = (
        "创建星级社区方案\n为做好创建工作,制定本方案。\n一、创建目标\n全面达标。\n二、创建标准\n"
        "(一)市容环境。垃圾日产日清,无卫生死角。\n(二)健康教育。知晓率达80%以上。"
    )
    spec = read_plan(SourceText.from_text(text), year=2026)
    assert [(i.indicator, i.required, bool(i.targets)) for i in spec.items] == [("市容环境", False, True), ("健康教育", False, True)]
