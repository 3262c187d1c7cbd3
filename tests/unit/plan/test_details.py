"""Periods, targets, papers, mechanisms and kinds of document."""

from __future__ import annotations

import pytest

from campaign.plan.kind import kind_of
from campaign.plan.materials import form_of, materials_of, recipient_of
from campaign.plan.normal import number, squeezed
from campaign.plan.outline import Para
from campaign.plan.recurrence import recurrence_of
from campaign.plan.sections import Role, heading_role, is_generic
from campaign.plan.spec import PlanKind
from campaign.plan.supervision import mechanisms_of
from campaign.plan.targets import targets_of


@pytest.mark.parametrize(
    ("text", "every", "on", "times"),
    [
        ("每月15日开展活动", "month", ("15",), None),
        ("每周五上报进展", "week", ("FR",), None),
        ("每周一、周四巡查", "week", ("MO", "TH"), None),
        ("每季度至少召开一次例会", "quarter", (), 1),
        ("每年开展演练不少于4次", "year", (), 4),
        ("每天清扫两次", "day", (), 2),
        ("实行零报告制度", "day", (), None),
        ("建立月测评制度", "month", (), None),
        ("形成督查周报", "week", (), None),
        ("春节、重阳节走访老人", "festival", ("春节", "重阳节"), None),
        ("利用“六五”世界环境日等纪念日宣传", "festival", ("环境日",), None),
        ("不定期抽查", "open", (), None),
        ("定期召开会议", "open", (), None),
        ("每半年组织一次消防演练", "year", (), 1),
    ],
)
def test_a_stated_period(text: str, every: str, on: tuple[str, ...], times: int | None) -> None:
    found = recurrence_of(text)
    assert found is not None
    assert (found.every, found.on, found.times) == (every, on, times)


@pytest.mark.parametrize("text", ["经常开展宣传", "长期坚持", "在规定时间内上报", "每天补助40元", "暑期开展活动", "春节佳期,为加强交流", "日常管理"])
def test_what_names_no_period(text: str) -> None:
    assert recurrence_of(text) is None


@pytest.mark.parametrize(
    ("text", "op", "value", "unit"),
    [
        ("满意率达90%以上", ">=", 90, "%"),
        ("要求签订率达100%", ">=", 100, "%"),
        ("重复率控制在3%以内", "<=", 3, "%"),
        ("接种率≥95%", ">=", 95, "%"),
        ("活动时间不少于3天", ">=", 3, "天"),
        ("排队人数不超过4人", "<=", 4, "人"),
        ("每年不少于八次", ">=", 8, "次"),
        ("实现社区全覆盖", "=", 100, "%"),
        ("无卫生死角", "=", 0, None),
        ("杜绝乱堆乱放", "=", 0, None),
        ("建立一户一表", "=", 1, None),
        ("全年完成改造42处", "=", 42, "处"),
    ],
)
def test_a_target_is_counted(text: str, op: str, value: float, unit: str | None) -> None:
    found = targets_of(text)
    assert found
    assert (found[0].op, found[0].value, found[0].unit) == (op, value, unit)


@pytest.mark.parametrize("text", ["违者每次罚款50元", "加强宣传教育", "实行24小时值班", "贯彻“三个代表”重要思想", "20xx年3月完成"])
def test_prices_names_and_dates_are_no_targets(text: str) -> None:
    assert targets_of(text) == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("各单位要制定切实可行的实施方案。", ["实施方案"]),
        ("收集整理创建工作所需的文件、图片、总结等资料,及时提交至办公室。", ["文件", "图片", "总结", "资料"]),
        ("签订门前三包责任书。", ["门前三包责任书"]),
        ("检查结束要填写《现场检查记录》。", ["《现场检查记录》"]),
        ("建立隐患治理档案和工作台账。", ["隐患治理档案", "工作台账"]),
        ("将活动总结和照片(电子版)交德育处。", ["活动总结", "照片"]),
        ("利用宣传栏、横幅开展宣传。", []),
        ("按照《考核办法》执行。", []),
        ("推进信息化建设。", []),
        ("每月报送一次工作总结。", ["工作总结"]),
        ("每周报送进展情况表。", ["进展情况表"]),
        ("编发创建工作月报。", ["创建工作月报"]),
    ],
)
def test_papers_are_named_in_the_words_of_the_text(text: str, names: list[str]) -> None:
    assert [m.name for m in materials_of(text)] == names


def test_form_copies_and_recipient_of_a_paper() -> None:
    text = "总结一式三份(纸质、电子版各备)于5月底前报市局审定。"
    assert form_of(text) == "both"
    assert recipient_of(text) == "市局"
    assert {m.copies for m in materials_of(text)} == {3}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("实行日报告制度。", "daily_report"),
        ("每周将情况上报办公室。", "periodic_report"),
        ("发现疫情第一时间报告。", "periodic_report"),
        ("结果在全区通报。", "circular"),
        ("对重点事项实行挂牌督办。", "supervise"),
        ("发现问题限期整改。", "rectify"),
        ("建立问题清单。", "issue_list"),
        ("适时开展回头看。", "recheck"),
        ("组织自查和抽查。", "inspection"),
        ("接受省级验收。", "acceptance"),
        ("纳入年度考核。", "assessment"),
        ("在媒体上曝光。", "red_black_list"),
        ("对先进单位予以表彰。", "reward"),
        ("每次罚款20元。", "penalty"),
        ("对失职人员严肃问责。", "accountability"),
        ("实行一票否决。", "veto"),
        ("层层签订责任书。", "responsibility_letter"),
        ("党政一把手负总责。", "responsibility_system"),
        ("实行网格化管理。", "grid"),
        ("实行24小时值班。", "patrol"),
        ("每月召开一次例会。", "meeting"),
        ("设立举报电话。", "public_voice"),
        ("及时发布预警。", "early_warning"),
    ],
)
def test_a_mechanism_is_known_by_its_words(text: str, kind: str) -> None:
    found = mechanisms_of([Para.of(text, 7)])
    assert kind in {m.kind for m in found}
    assert {(m.text, m.line) for m in found} == {(text, 7)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("对照《测评考核体系》开展工作。", "assessment"),
        ("成立考核组和督查组。", "supervise"),
        ("推行首问责任制。", "accountability"),
        ("召开动员大会。", "meeting"),
        ("取消评优资格。", "reward"),
    ],
)
def test_a_book_a_body_or_a_single_meeting_is_no_mechanism(text: str, kind: str) -> None:
    assert kind not in {m.kind for m in mechanisms_of([Para.of(text, 1)])}


@pytest.mark.parametrize(
    ("title", "opening", "headings", "phases", "kind"),
    [
        ("创建方案", "为做好创建工作,特制定本方案。", ["工作目标", "实施步骤"], 3, PlanKind.CAMPAIGN_PLAN),
        ("年度计划", "今年工作计划如下:", ["党建工作", "民政工作"], 0, PlanKind.WORK_PLAN),
        ("关于举办歌咏比赛的通知", "现将有关事项通知如下:", ["活动主题", "活动时间"], 0, PlanKind.ACTIVITY_NOTICE),
        ("汇报材料", "取得了明显成效,现将工作总结如下:", ["主要做法", "存在问题"], 0, PlanKind.REPORT),
        ("防汛应急预案", "制定本预案。", ["工作原则", "组织体系"], 0, PlanKind.EMERGENCY_PLAN),
        ("安全管理制度", "为加强管理,制定本制度。", ["总则", "岗位职责"], 0, PlanKind.MANAGEMENT_RULES),
    ],
)
def test_the_kind_of_a_document(title: str, opening: str, headings: list[str], phases: int, kind: PlanKind) -> None:
    assert kind_of(title, opening, headings, opening, phases=phases) == kind


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("指导思想", Role.BACKGROUND),
        ("工作目标和基本原则", Role.BACKGROUND),
        ("工作任务目标及分工", Role.TASKS),
        ("实施步骤", Role.PHASES),
        ("时间进度安排", Role.PHASES),
        ("工作要求", Role.REQUIREMENT),
        ("保证措施", Role.REQUIREMENT),
        ("创建标准", Role.STANDARD),
        ("资金预算安排", Role.MONEY),
        ("奖惩办法", Role.REWARD),
        ("工作职责", Role.DUTIES),
        ("组织领导", Role.ORGANISATION),
        ("下一步打算", Role.FUTURE),
        ("主办单位", Role.HOSTS),
        ("重点任务", Role.TASKS),
        ("拆除违章建筑", None),
    ],
)
def test_a_section_is_known_by_its_heading(heading: str, role: Role | None) -> None:
    assert heading_role(heading) == role


def test_a_generic_heading_names_only_its_kind() -> None:
    assert is_generic("主要任务及措施")
    assert not is_generic("市场整治工作")


@pytest.mark.parametrize(
    ("text", "value"), [("12", 12), ("二十三", 23), ("十", 10), ("两", 2), ("一百零五", 105), ("⑶", 3), ("⑩", 10), ("甲", None), ("", None)]
)
def test_numbers_in_all_their_writings(text: str, value: int | None) -> None:
    assert number(text) == value


def test_only_words_are_compared() -> None:
    assert squeezed("《关于 创建(试行)》。") == "关于创建试行"
