"""Who leads, who owes the task himself, who helps."""

from __future__ import annotations

import pytest

from campaign.plan.charges import charge_of_lines, charge_of_subjects, charge_of_verbs, tail_charge
from campaign.plan.units import is_set, name_of_body, named_unit, names_in


@pytest.mark.parametrize(
    ("text", "lead", "responsible", "supporting"),
    [
        ("牵头单位:城管局 责任单位:各街道、各社区", ["城管局"], ["各街道", "各社区"], []),
        ("牵头单位:__\n责任单位:__", [], [], []),
        ("排查隐患--责任部门(保卫、物业)", [], ["保卫", "物业"], []),
        ("清理小广告(责任单位:执法队,协助单位:各物业公司)", [], ["执法队"], ["各物业公司"]),
        ("主办:文化站\n协办:团委、工会", ["文化站"], [], ["团委", "工会"]),
        ("责任单位:市场科;责任人:科长", [], ["市场科"], []),
        ("组长单位:交警中队\n成员单位:综治办、各社区", ["交警中队"], ["综治办", "各社区"], []),
        ("牵头责任科室:教务处", ["教务处"], [], []),
    ],
)
def test_lines_of_responsibility(text: str, lead: list[str], responsible: list[str], supporting: list[str]) -> None:
    charge = charge_of_lines(text)
    assert (charge.lead, charge.responsible, charge.supporting) == (lead, responsible, supporting)
    assert charge.stated


@pytest.mark.parametrize(
    ("text", "lead", "responsible", "supporting"),
    [
        ("此项工作由城管科负责。", ["城管科"], [], []),
        ("由教育局牵头,公安局、各学校配合,开展护校行动。", ["教育局"], [], ["公安局", "各学校"]),
        ("由各社区负责组织实施。", [], ["各社区"], []),
        ("环境卫生由总务处负责,安全由保卫处负责", [], ["总务处", "保卫处"], []),
        ("财务科会同审计科对账目进行清理。", [], [], ["审计科"]),
        ("充分发挥区督导组的作用。", ["区督导组"], [], []),
        ("必要时由派出所依法协助处置。", [], [], ["派出所"]),
        ("镇水利站、镇交通站分别负责河道和公路。", [], ["镇水利站", "镇交通站"], []),
        ("由专人负责。由当事人负责赔偿。", [], [], []),
        ("实行领导负责制,落实责任人。", [], [], []),
    ],
)
def test_verbs_of_responsibility(text: str, lead: list[str], responsible: list[str], supporting: list[str]) -> None:
    charge = charge_of_verbs(text)
    assert (charge.lead, charge.responsible, charge.supporting) == (lead, responsible, supporting)


@pytest.mark.parametrize(
    ("text", "lead", "responsible"),
    [
        ("社区将划分责任区。", ["社区"], []),
        ("公安机关要加大打击力度。", ["公安机关"], []),
        ("各乡镇、各部门要制定方案。", [], ["各乡镇", "各部门"]),
        ("生产经营单位应当建立档案。", [], ["生产经营单位"]),
        ("对存在隐患的场所,社区居委会必须立即整改。", ["社区居委会"], []),
        ("人民调解委员会每半月排查一次。", ["人民调解委员会"], []),
        ("6月1日,工会组织开展文艺演出。", ["工会"], []),
        ("居民要自觉遵守公约。", [], []),
        ("有关部门要加强监管。", [], []),
        ("我校要加强管理。", [], []),
        ("社区环境整洁优美。", [], []),
        ("加强社区建设和治理。", [], []),
        ("学校食堂卫生状况良好。", [], []),
        ("分组对住户调查摸底。", [], []),
        ("各村要落实值班,工作人员应做好消毒。", [], ["各村"]),
    ],
)
def test_the_subject_of_a_sentence_is_charged(text: str, lead: list[str], responsible: list[str]) -> None:
    charge = charge_of_subjects(text)
    assert (charge.lead, charge.responsible) == (lead, responsible)


@pytest.mark.parametrize(
    ("text", "lead", "responsible"),
    [
        ("举行升旗仪式。(德育处)", ["德育处"], []),
        ("清理楼道(城管科、各社区)", [], ["城管科", "各社区"]),
        ("制作画册(企划部提供)", ["企划部"], []),
        ("开展培训(见附件)", [], []),
    ],
)
def test_units_in_brackets_at_the_end(text: str, lead: list[str], responsible: list[str]) -> None:
    charge = tail_charge(text)
    assert (charge.lead, charge.responsible) == (lead, responsible)


@pytest.mark.parametrize("name", ["城管局", "保卫科", "阳光社区居委会", "各网点", "应急管理局", "发改委", "楼栋长", "镇卫生院", "各村(社区)", "交警大队"])
def test_a_unit_is_known_by_its_end(name: str) -> None:
    assert named_unit(name) == name


@pytest.mark.parametrize(
    "name", ["场所", "公共厕所", "居民", "志愿者", "有关部门", "本社区", "布局", "主办", "加强部门", "各网格要确定一名信息员", "校园", "进社区", "工作人员"]
)
def test_what_only_ends_like_a_unit_is_none(name: str) -> None:
    assert named_unit(name) is None


def test_the_plans_own_town_gives_its_units_back() -> None:
    assert named_unit("我镇派出所") == "镇派出所"


@pytest.mark.parametrize(("name", "expected"), [("各社区", True), ("生产经营单位", True), ("帮扶干部", True), ("城管局", False), ("东街卫生服务站", False)])
def test_a_set_is_told_from_one_named_unit(name: str, expected: bool) -> None:
    assert is_set(name) is expected


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("综合创建组", "综合创建组"),
        ("收费人员职责", "收费人员"),
        ("防控指挥办公室", "防控指挥办公室"),
        ("保洁员岗位职责", "保洁员"),
        ("加强组织领导", None),
        ("市场环境整治工作", None),
        ("隐患排查--责任部门(保卫、物业)", None),
    ],
)
def test_a_heading_that_names_a_group_or_post(heading: str, name: str | None) -> None:
    assert name_of_body(heading) == name


def test_brackets_and_quotes_are_not_cut_in_enumerations() -> None:
    assert names_in("“双报到”单位、小区党支部(党小组、楼组)和业委会等部门") == ["“双报到”单位", "小区党支部(党小组、楼组)", "业委会"]
