"""Who runs a campaign: leading group, heads, deputies, office and teams, in the ways in which plans name them."""

from __future__ import annotations

import pytest

from campaign.plan.organisation import person
from campaign.plan.reader import read_plan
from campaign.plan.source import SourceText
from campaign.plan.spec import Organisation, Person


def organisation(section: str) -> Organisation:
    text = f"某地创建方案\n为做好工作,制定本方案。\n一、工作目标\n全面达标。\n{section}"
    return read_plan(SourceText.from_text(text), year=2026).organisation


@pytest.mark.parametrize(
    ("section", "heads"),
    [
        ("二、组织领导\n组 长:__(局党组书记、局 长)\n副组长:__(副局长)", [(None, "局党组书记、局长")]),
        ("二、组织领导\n组长:张某(局长) 副组长:李某(副局长)", [("张某", "局长")]),
        ("二、组织领导\n组  长:王 伟  党委书记\n成 员:各站所负责人", [("王伟", "党委书记")]),
        ("二、组织领导\n总指挥:党支部书记\n副总指挥:副书记", [(None, "党支部书记")]),
        ("二、组织领导\n成立以镇长为组长,副镇长为副组长的领导小组。", [(None, "镇长")]),
        ("二、组织领导\n成立领导小组,由社区书记任组长,社区主任任副组长。", [(None, "社区书记")]),
        ("二、组织领导\n领导小组组长由镇党委书记担任,副组长由镇长担任。", [(None, "镇党委书记")]),
        ("二、组织领导\n成立以书记、主任为组长的创建小组。", [(None, "书记"), (None, "主任")]),
        ("二、组织领导\n组长:×××\n副组长:×××", []),
        ("二、组织领导\n由副主任分管,下设办公室,由刘某同志任主任。", []),
    ],
    ids=["masked name", "one line", "spaced name", "commander", "以…为", "由…任", "由…担任", "two heads", "nobody", "director of the office"],
)
def test_heads_are_named_or_stand_as_their_posts(section: str, heads: list[tuple[str | None, str | None]]) -> None:
    assert [(h.name, h.position) for h in organisation(section).head] == heads


@pytest.mark.parametrize(
    ("section", "office"),
    [
        ("二、组织领导\n领导小组下设办公室,办公室设在综合科,由科长兼任办公室主任。", ("领导小组办公室", "综合科", "科长")),
        ("二、组织领导\n活动办公室设在安环部。", ("活动办公室", "安环部", None)),
        ("二、组织体系\n指挥部下设:应急办公室、抢险组和后勤组。", ("应急办公室", None, None)),
        ("二、组织领导\n领导小组办公室设在__ ,负责日常工作。", ("领导小组办公室", None, None)),
    ],
)
def test_the_office_has_a_name_a_seat_and_a_director(section: str, office: tuple[str, str | None, str | None]) -> None:
    found = organisation(section).office
    assert found is not None
    assert (found.name, found.seat, found.director) == office


@pytest.mark.parametrize(
    ("section", "groups"),
    [
        ("二、组织领导\n领导小组下设综合组、宣传组和督查组。", ["综合组", "宣传组", "督查组"]),
        ("二、组织领导\n指挥部下设综合协调、宣传教育、督查考核三个工作组。", ["综合协调组", "宣传教育组", "督查考核组"]),
        ("二、组织领导\n1.综合组\n组长:\n牵头责任科室:政教处\n2.保障组\n牵头责任科室:总务处", ["综合组", "保障组"]),
        ("二、组织领导\n组建志愿者服务队,各居民小组参加。", []),
    ],
    ids=["list", "shared ending", "headings", "volunteers are no team"],
)
def test_teams_below_the_leading_group(section: str, groups: list[str]) -> None:
    assert [g.name for g in organisation(section).groups] == groups


def test_a_team_keeps_the_unit_that_leads_it() -> None:
    found = organisation("二、组织领导\n1.综合组\n牵头责任科室:政教处\n2.保障组\n牵头责任科室:总务处")
    assert [g.lead_unit for g in found.groups] == ["政教处", "总务处"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张某(局长)", Person(name="张某", position="局长")),
        ("李明局长", Person(name="李明", position="局长")),
        ("局长李明", Person(name="李明", position="局长")),
        ("社区主任", Person(position="社区主任")),
        ("吴副校长", Person(position="吴副校长")),
        ("__(副局长)", Person(position="副局长")),
        ("__", None),
        ("成员", None),
    ],
)
def test_a_person_is_a_name_a_post_or_nobody(text: str, expected: Person | None) -> None:
    assert person(text) == expected


def test_a_report_without_a_heading_for_its_plans_still_gives_them() -> None:
    text = (
        "创建工作经验材料\n近年来,我局取得了显著成效,主要做法是:\n(一)领导带头。先后召开会议10次,形成了合力。\n"
        "(二)活动引领。开展了读书活动,举办了演讲比赛。\n下一步,我局将深化工作:一是强化学习;二是提升服务。"
    )
    spec = read_plan(SourceText.from_text(text), year=2026)
    assert (spec.kind.value, [i.title for i in spec.items]) == ("report", ["强化学习", "提升服务"])
