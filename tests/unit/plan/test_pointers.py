"""A sentence that only points to the list of the tasks is no task; one that says anything more is."""

from __future__ import annotations

import pytest

from campaign.plan.pointers import only_points
from campaign.plan.reader import read_plan
from campaign.plan.source import SourceText


@pytest.mark.parametrize(
    "sentence",
    [
        "按任务分解表组织实施。",
        "按照本方案分工抓好落实",
        "各责任单位按照职责分工认真抓好落实。",
        "各单位对照附件2逐项推进；",
        "各相关部门要严格按照《望澜区创建卫生社区任务清单》（附件1）所列任务和时限，逐项抓好落实。",
        "根据实施方案要求，各社区有序推进各项工作。",
        "依据责任清单各负其责。",
        "对照问题台账，逐条整改落实。",
    ],
)
def test_a_pointer_is_no_task(sentence: str) -> None:
    assert only_points(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "城管局按任务分解表组织实施。",
        "按任务分解表组织实施，4月10日前完成。",
        "按任务分解表组织实施；汇总资料，形成总结报告。",
        "按照方案开展自查，报送自查报告。",
        "各单位每周对照清单推进。",
        "按照方案清理背街小巷。",
        "编制任务分解表。",
        "各责任单位抓好落实。",
        "制定本单位实施方案。",
        "",
    ],
)
def test_what_says_more_is_a_task(sentence: str) -> None:
    assert not only_points(sentence)


def test_long_lines_are_judged_at_once() -> None:
    assert not only_points("按照" + "任务" * 20_000 + "甲" + "方案" * 20_000)


PLAN = """望澜区创建卫生社区工作方案
为改善环境卫生，制定本方案。
一、工作任务
（一）清理背街小巷。城管局负责清理背街小巷，3月31日前完成。
（二）按任务分解表组织实施。
二、实施步骤
（一）动员部署阶段（3月2日至3月8日）。召开动员会，明确责任分工。
（二）集中整治阶段（3月9日至4月10日）。按任务分解表组织实施。
（三）自查整改阶段（4月11日至4月20日）。
1. 各责任单位按照本方案分工抓好落实。
2. 开展自查，对发现的问题限期整改，4月15日前报送自查报告。
（四）总结阶段（4月21日至4月30日）。按分工抓好落实。汇总资料，形成总结报告。
"""


def test_a_plan_has_no_task_of_its_own_for_a_pointer() -> None:
    spec = read_plan(SourceText.from_text(PLAN), year=2026)
    told = [item.title for item in spec.items] + [task.title for phase in spec.phases for task in phase.tasks]
    assert not [title for title in told if "分解表" in title or "分工抓好" in title]
    assert len(spec.phases) == 4
    assert [len(phase.tasks) for phase in spec.phases] == [1, 0, 0, 1]
    assert any("清理背街小巷" in title for title in told)
    assert any("开展自查" in title for title in told)
