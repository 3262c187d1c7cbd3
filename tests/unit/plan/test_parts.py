"""A file with several plans is split where the plans begin, and nowhere else."""

from __future__ import annotations

import pytest

from campaign.plan.parts import parts_of
from campaign.plan.source import SourceText


def split(text: str) -> list[tuple[int, int, str]]:
    return [(part.number, part.first_line, part.title) for part in parts_of(SourceText.from_text(text))]


BODY = "\n一、任务\n清理街面。\n二、要求\n"


@pytest.mark.parametrize(
    ("marks", "title"),
    [
        (["创建工作方案 篇一", "创建工作方案 篇二"], "创建工作方案 篇一"),
        (["创建工作方案篇1", "创建工作方案篇2", "创建工作方案篇3"], "创建工作方案篇1"),
        (["【篇一】", "【篇二】"], "【篇一】 一、任务"),
        (["方案一:东湖社区方案", "方案二:桥东社区方案"], "方案一:东湖社区方案"),
        (["方案一", "方案二", "方案三"], "方案一 一、任务"),
        (["创建方案范文1", "创建方案范文2"], "创建方案范文1"),
        (["第一篇", "第二篇"], "第一篇 一、任务"),
    ],
    ids=["篇一", "篇1", "bracket", "方案一 titled", "方案一", "范文", "第一篇"],
)
def test_each_way_of_counting_plans_is_known(marks: list[str], title: str) -> None:
    found = split("".join(mark + BODY for mark in marks))
    assert [number for number, _, _ in found] == list(range(1, len(marks) + 1))
    assert [line for _, line, _ in found] == [1 + 4 * row for row in range(len(marks))]
    assert found[0][2] == title


def test_the_parts_hold_all_lines_with_their_own_numbers() -> None:
    source = SourceText.from_text("创建方案篇一" + BODY + "创建方案篇二" + BODY)
    one, two = parts_of(source)
    assert (*one.source.lines, *two.source.lines) == source.lines


def test_a_table_of_contents_is_not_where_the_plans_begin() -> None:
    found = split("目录\n方案一:甲\n方案二:乙\n方案三:丙\n" + "".join(f"方案{n}:{t}{BODY}" for n, t in zip("一二三", "甲乙丙", strict=True)))
    assert [line for _, line, _ in found] == [5, 9, 13]


@pytest.mark.parametrize(
    "text",
    [
        "创建方案" + BODY,
        "创建方案篇六" + BODY,
        "一、工作方案\n按方案一执行。\n方案二备用。\n二、要求\n各单位落实。\n",
        "创建方案\n方案一\n方案二\n" + BODY,
    ],
    ids=["one plan", "a lone 篇六", "mentioned in sentences", "nearly empty parts"],
)
def test_one_plan_stays_one(text: str) -> None:
    assert len(split(text)) == 1


def test_an_empty_source_has_no_part() -> None:
    assert parts_of(SourceText(())) == ()
