"""The tree of numbered entries, with the dirt of real files."""

from __future__ import annotations

import pytest

from campaign.plan.outline import Node, marker, outline, paragraphs, split_heading
from campaign.plan.source import Line, SourceText


def tree(text: str) -> list[object]:
    def rows(node: Node) -> list[object]:
        return [(c.label.strip(" 、.:,"), rows(c)) if c.children else c.label.strip(" 、.:,") for c in node.children]

    return rows(outline(SourceText.from_text(text)))


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("一、总则", "cn", 1),
        ("十二、附则", "cn", 12),
        ("一.目的", "cn", 1),
        ("(一)宣传发动", "cnp", 1),
        ("(十一) 考核", "cnp", 11),
        ("1、巡查", "num", 1),
        ("1.巡查", "num", 1),
        ("12 . 巡查", "num", 12),
        ("(3)清运", "nump", 3),
        ("3)清运", "nump", 3),
        ("⑾清运", "nump", 11),
        ("⒉清运", "num", 2),
        ("⑦清运", "circ", 7),
        ("第一阶段:启动", "stage", 1),
        ("第三步 总结", "stage", 3),
        ("第五条 值班", "article", 5),
        ("第二章 职责", "chapter", 2),
        ("二是开展巡查", "is", 2),
        ("1、3月份,举办运动会", "num", 1),
    ],
)
def test_a_number_is_known_by_its_shape(text: str, kind: str, value: int) -> None:
    found = marker(text)
    assert found is not None
    assert (found[0], found[2]) == (kind, value)


@pytest.mark.parametrize("text", ["一、二、三等奖各一名", "五一、国庆期间", "3.5公里", "2026年工作", "十分重视", "本方案"])
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert marker(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一、甲\n(一)乙\n1.丙\n(1)丁\n①戊\n二、己", [("一", [("(一)", [("1", [("(1)", ["①"])])])]), "二"]),
        ("一、甲\n1.乙\n①丙\n②丁\n2.戊\n二、己", [("一", [("1", ["①", "②"]), "2"]), "二"]),
        ("一、甲\n(1)乙\n(3)丙\n(4)丁", [("一", ["(1)", "(3)", "(4)"])]),
        ("1.甲\n2.乙\n1.丙\n2.丁", ["1", "2", "1", "2"]),
        ("1、甲\n负责一。\n2、乙\n负责二。\n(一)丙\n(二)丁", ["1", "2", "(一)", "(二)"]),
        ("1、甲\n(一)乙\n(二)丙\n2、丁", [("1", ["(一)", "(二)"]), "2"]),
        ("一、甲\n①乙\n②丙\n⑶丁", [("一", ["①", "②", "⑶"])]),
    ],
    ids=["full depth", "skipped levels", "skipped numbers", "restart", "lost headings", "turned round", "style changes"],
)
def test_entries_nest_by_the_order_in_which_their_numbers_appear(text: str, expected: list[object]) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("⑨不得焚烧垃圾。 ⑩及时清运。", 2),
        ("一、任务\n1、清扫街面;2、疏通沟渠;3、拆除旧棚。", 4),
        ("一、甲。二、乙:(一)丙,丁。(二)戊。三、己。", 5),
        ("本次设一、二、三等奖各一名。", 0),
    ],
    ids=["circled", "arabic", "a whole plan in one line", "prizes are no entries"],
)
def test_entries_in_one_line_are_split_if_their_numbers_count_up(text: str, count: int) -> None:
    assert sum(1 for node in outline(SourceText.from_text(text)).walk()) - 1 == count


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["3、加强巡查。各中队要对重点路段进", "行不间断巡查。"], 1),
        (["②入户登记时,必须有两人在场,以确保登记工作按", "章进行。"], 1),
        (["一、加强领导,明确责任", "街道成立专班。"], 2),
        (["企业介绍:说明公司情况,", "把产品展示出来。"], 1),
        (["组长:主任", "副组长:副主任"], 2),
        (["- 3 -", "正文。"], 1),
        (["创建方案篇1", "为做好工作,制定本方案。"], 2),
    ],
    ids=["inside a word", "after a preposition", "heading and body", "after a comma", "staff lines", "page number", "title with a digit"],
)
def test_hard_line_breaks_are_joined_and_real_ones_kept(lines: list[str], expected: int) -> None:
    assert len(paragraphs(SourceText.from_text("\n".join(lines)))) == expected


def test_an_entry_keeps_the_line_and_the_writing_of_its_source() -> None:
    root = outline(SourceText.from_text("标题\n\n一、任务\n（一）宣传：制作展板。"))
    entry = root.children[0].children[0]
    assert (entry.line, entry.whole(), entry.heading) == (4, "（一）宣传：制作展板。", "宣传")


def test_spaces_inside_titles_and_dates_are_closed() -> None:
    assert paragraphs(SourceText.from_text("组 长:李某\n5 月9 日开会"))[0].text == "组长:李某"
    assert paragraphs(SourceText.from_text("5 月9 日开会"))[0].text == "5月9日开会"


def test_a_signature_belongs_to_no_entry() -> None:
    root = outline(SourceText.from_text("一、甲\n1、清扫。\n2、巡查。\n青松社区居委会\n20xx年3月1日"))
    assert root.children[0].children[-1].whole() == "2、巡查。"


def test_rows_of_tables_are_left_to_the_table_reader() -> None:
    assert paragraphs(SourceText((Line(1, "任务 单位", cells=("任务", "单位")),))) == []


@pytest.mark.parametrize(
    ("text", "heading"),
    [("加强宣传。各社区要", "加强宣传"), ("安全排查--责任部门(保卫)", "安全排查--责任部门(保卫)"), ("完成6.5万元收入。", "完成6.5万元收入")],
)
def test_a_heading_ends_at_its_first_full_stop(text: str, heading: str) -> None:
    assert text[: split_heading(text)] == heading
