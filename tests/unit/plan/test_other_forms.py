"""Forms that plans of other authors use: joint headings, duties without numbers, lost line breaks, stages in one paragraph."""

from __future__ import annotations

import pytest

from campaign.plan.charges import charge_of_lines
from campaign.plan.reader import read_plan
from campaign.plan.source import SourceText
from campaign.plan.spec import Item, PlanKind, PlanSpec

HEAD = "某镇创建平安单位实施方案\n为做好工作,制定本方案。\n一、工作目标\n全面达标。\n"


def plan(text: str) -> PlanSpec:
    return read_plan(SourceText.from_text(text), year=2026)


def rows(text: str) -> list[Item]:
    return list(plan(HEAD + text).items)


def units(item: Item) -> tuple[list[str], list[str], list[str]]:
    lead = [] if item.lead_unit is None else [item.lead_unit] if isinstance(item.lead_unit, str) else list(item.lead_unit)
    return lead, list(item.responsible_units), list(item.supporting_units)


@pytest.mark.parametrize(
    ("text", "lead", "responsible", "supporting"),
    [
        ("1、由水利站牵头农机站、供电所配合,检修泵房。", ["水利站"], [], ["农机站", "供电所"]),
        ("1、财政、审计、民政等部门要核对账目。", [], ["财政", "审计", "民政"], []),
        ("1、4月20日前各班组将名册报车间办公室。", [], ["各班组"], []),
        ("1、要求各科室于每月5日前交报表。", [], ["各科室"], []),
        ("1、检修泵房由各村和各单位各自负责。", [], ["各村", "各单位"], []),
        ("1、安监站会同供电所每周开展夜查。", ["安监站"], [], ["供电所"]),
        ("1、安监站每月抽查10个村(社区)。", ["安监站"], [], []),
        ("1、各校区要组织演练。", [], ["各校区"], []),
        ("1、由医务部组织对各病区、走廊进行检查。", ["医务部"], [], []),
    ],
)
def test_an_entry_charges_whom_it_names(text: str, lead: list[str], responsible: list[str], supporting: list[str]) -> None:
    item = rows(f"二、主要任务\n{text}\n2、张贴海报。")[0]
    assert units(item) == (lead, responsible, supporting)


@pytest.mark.parametrize(
    ("text", "lead", "responsible"),
    [
        ("责任科室(股室):法规股", [], ["法规股"]),
        ("责任部门及责任人:教务处", [], ["教务处"]),
        ("(责任单位:住建局牵头,各镇街落实)", ["住建局"], []),
        ("责任人:张某", [], []),
    ],
)
def test_a_line_names_units_and_no_persons(text: str, lead: list[str], responsible: list[str]) -> None:
    charge = charge_of_lines(text)
    assert (charge.lead, charge.responsible) == (lead, responsible)
    assert charge.stated


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "二、任务分工\n水利站负责检修泵房。\n农机站负责调配车辆。\n供电所要巡查线路。",
            [("检修泵房", ["水利站"], []), ("调配车辆", ["农机站"], []), ("要巡查线路", ["供电所"], [])],
        ),
        ("二、责任分工\n(一)水利站、农机站\n1.检修泵房。\n2.清理沟渠。", [("检修泵房", [], ["水利站", "农机站"]), ("清理沟渠", [], ["水利站", "农机站"])]),
        (
            "二、分工及指标\n(一)指标\n1、每月训练一次。(水利站)\n2、每年演练二次。(农机站、供电所)",
            [("每月训练", ["水利站"], []), ("每年演练", [], ["农机站", "供电所"])],
        ),
        ("二、工作要求\n(一)泵房检修。检修泵房。\n(二)沟渠清理。清理沟渠。", [("泵房检修", [], []), ("沟渠清理", [], [])]),
        ("二、行动的目的及内容\n(一)目的\n保障安全。\n(二)内容\n1.检修泵房。\n2.清理沟渠。", [("检修泵房", [], []), ("清理沟渠", [], [])]),
        ("二、活动时间\n4月1日至4月30日。三、活动内容(一)检修泵房。检修。\n(二)清理沟渠。清理。", [("检修泵房", [], []), ("清理沟渠", [], [])]),
        ("二、主要任务\n五月份:\n1、检修泵房。\n六月份:\n1、清理沟渠。", [("检修泵房", [], []), ("清理沟渠", [], [])]),
    ],
    ids=["duties without numbers", "joint heading", "units in brackets", "tasks as requirements", "aim and content", "lost line break", "months"],
)
def test_tasks_are_found_where_they_stand(text: str, expected: list[tuple[str, list[str], list[str]]]) -> None:
    found = [(item.title, *units(item)[:2]) for item in rows(text)]
    assert len(found) == len(expected)
    for (title, lead, responsible), (words, want_lead, want_responsible) in zip(found, expected, strict=True):
        assert words in title
        assert (lead, responsible) == (want_lead, want_responsible)


@pytest.mark.parametrize(
    "text",
    [
        "二、文明公约\n1、不准乱扔果皮。\n2、不准攀折花木。\n3、不准喧哗。",
        "二、主要问题。\n(一)个别泵房漏水。\n(二)沟渠淤塞。",
        "二、工作小组\n(一)小组成员\n组长:甲\n副组长:乙\n成员:丙",
    ],
    ids=["conduct", "problems", "roster"],
)
def test_conduct_problems_and_rosters_are_no_tasks(text: str) -> None:
    assert rows(text) == []


def test_time_and_place_of_an_event_are_no_tasks() -> None:
    assert [i.title for i in rows("二、主要任务\n(一)知识竞赛\n1、时间:5月8日。\n2、地点:礼堂。\n(二)清理沟渠")] == ["知识竞赛", "清理沟渠"]


@pytest.mark.parametrize(
    "text",
    [
        "二、实施步骤\n分两步进行。一是宣传发动阶段(3月1日至15日),开会。二是检查验收阶段(4月),验收。",
        "二、实施步骤\n第一阶段\n宣传发动(3月1日至15日)\n开会。\n第二阶段\n检查验收(4月)\n验收。",
        "二、实施步骤\n(一)宣传发动阶段 时间:3月1日—15日\n开会。\n(二)检查验收阶段 时间:4月",
        "## 二、实施步骤\n**(一)宣传发动阶段(3月1日—15日)**\n开会。\n**(二)检查验收阶段(4月)**",
    ],
    ids=["one paragraph", "name in the next line", "label before the date", "markdown"],
)
def test_stages_keep_name_and_days_in_every_form(text: str) -> None:
    found = [(p.name.removesuffix("阶段"), p.start, p.end) for p in plan(HEAD + text).phases]
    assert found == [("宣传发动", "2026-03-01", "2026-03-15"), ("检查验收", "2026-04-01", "2026-04-30")]


def test_papers_that_a_stage_asks_for_by_a_day_are_an_item() -> None:
    text = "二、实施步骤\n(一)自查阶段(3月)。水利站汇总情况,3月20日前报县水务局。\n(二)验收阶段(4月)。验收。"
    assert [(i.deadline, i.recipient) for i in rows(text)] == [("2026-03-20", "县水务局")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "关于召开例会的通知\n各站所:\n为总结上半年工作开展情况,决定召开例会。现将有关事项通知如下:\n一、会议时间:8月10日。\n二、会议地点:礼堂。",
            PlanKind.ACTIVITY_NOTICE,
        ),
        ("某站值守制度\n一、交接班。按时交接。\n二、巡线。每日巡线。", PlanKind.MANAGEMENT_RULES),
        ("某镇泵房百日攻坚方案\n经研究决定,在全镇开展泵房整修活动,制定本方案。\n一、整治内容\n1、检修泵房。", PlanKind.CAMPAIGN_PLAN),
        ("某中学开展泵房专项治理\n实施方案\n经研究决定开展专项治理活动。\n一、治理内容\n1、检修泵房。", PlanKind.CAMPAIGN_PLAN),
    ],
)
def test_the_kind_follows_from_title_and_opening(text: str, kind: PlanKind) -> None:
    assert plan(text).kind == kind


def test_an_owner_above_the_title_is_no_title() -> None:
    assert plan("某某社区居民委员会\n泵房整修方案\n制定本方案。\n一、任务\n1、检修泵房。").title == "泵房整修方案"


def test_two_posts_before_a_name_are_one_head() -> None:
    heads = plan(HEAD + "二、组织领导\n成立领导小组,由站党委书记、站长王某任组长。").organisation.head
    assert [(h.name, h.position) for h in heads] == [("王某", "站党委书记、站长")]


def test_a_text_wrapped_at_the_edge_of_the_paper_is_joined() -> None:
    line = "为做好本镇泵房沟渠检修管护和汛前隐患治理有关事项说明并部署下一步的工作"
    body = "\n".join(line for _ in range(8))
    assert len(plan(f"某镇泵房方案\n一、任务\n1、检修泵房{line[:29]}\n{body}。\n2、清理沟渠。").items) == 2


def test_a_lunar_day_is_no_part_of_a_month() -> None:
    assert rows("二、主要任务\n1、九月初九慰问老人。\n2、清理沟渠。")[0].deadline is None


@pytest.mark.parametrize(
    "section",
    [
        "二、组织领导\n(一)成立领导小组组长:王某副组长:李某\n成员:各站所",
        "二、组织领导\n成立以站长王某为组长的领导小组。\n办公室\n主任:李某",
    ],
    ids=["glued to the heading", "beside the director of the office"],
)
def test_the_head_is_found_beside_other_names(section: str) -> None:
    assert [h.name for h in plan(HEAD + section).organisation.head] == ["王某"]
