"""The reader never raises and never hangs, whatever is cut and joined."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.plan.reader import read_plan
from campaign.plan.source import SourceText
from campaign.plan.spec import PlanSpec

LINES = [
    "某区创建绿色单位工作方案",
    "一、指导思想",
    "以提升环境为目标,实现全年目标。",
    "二、组织领导",
    "组 长:__(局党组书记)",
    "副组长:王__、李__",
    "领导小组下设办公室和宣传组、督查组,办公室设在综合科,由科长兼任办公室主任。",
    "三、主要任务",
    "(一)清理杂物。每月10日前由环卫科牵头,各社区配合完成清理,达标率95%以上。",
    "1.巡查——责任部门(保卫、物业)",
    "①负责起草方案、总结;②建立台账。",
    "一是引进项目。对接机构,签订协议。二是开设课堂。每周两次。",
    "牵头单位:__ 责任单位:",
    "四、实施步骤",
    "第一阶段:宣传发动(20xx.3.1—3.31)",
    "(二)整改阶段:(11月1日至春节前)对照标准自查整改。12月5日前上报小结;",
    "第四季度为总结阶段",
    "五、工作要求",
    "活动结束后一周内将书面材料报保卫处汇总。",
    "对推诿扯皮的严肃问责,实行一票否决。",
    "附件:1.评分表",
    "20xx年x月x日",
    "⑨每次罚款5元。 ⑩不服从管理的辞退。",
]


@st.composite
def torn(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.sampled_from(LINES), max_size=14))
    text = draw(st.sampled_from(["\n", "", " ", "\n\n", "。", "、"])).join(pieces)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at]
            + draw(st.sampled_from(["", "\n", "(", "“", "1、", "至", "由", "\u3000", "\ufeff", "第", ":", "x"]))
            + text[at + draw(st.integers(0, 3)) :]
        )
    return text


@settings(max_examples=150, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
@given(torn())
def test_any_cut_and_join_of_lines_is_read(text: str) -> None:
    spec = read_plan(SourceText.from_text(text), year=2026)
    assert PlanSpec.model_validate_json(spec.model_dump_json()) == spec
    assert len({i.key for i in spec.items}) == len(spec.items)


@settings(max_examples=100, deadline=2000)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    read_plan(SourceText.from_text(text), year=2026)


@settings(max_examples=60, deadline=2000)
@given(st.sampled_from([*LINES, "、", "(", "“", "1.", "由", "各局要", "责任单位:", "1月1日至", "第一阶段", "牵头"]), st.integers(100, 400))
def test_endless_repetition_is_read_in_time(piece: str, times: int) -> None:
    read_plan(SourceText.from_text(piece * times), year=2026)


def test_no_text_at_all_still_has_a_title() -> None:
    assert read_plan(SourceText.from_text(""), year=2026).title == "（无标题）"
