"""A plan's YAML is read with the line of every error, and written so that reading it back loses nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaign.errors import BadPlan
from campaign.plan.schema import schema
from campaign.plan.spec import Item, Material, Organisation, Person, Phase, PhaseKind, PlanSpec, Recurrence, Target
from campaign.plan.yaml_file import load_plan, parse_plan
from campaign.plan.yaml_text import to_yaml

WRONG = """\
title: 云河区创建方案
kind: plan
owner: 某局
items:
  - number: 1
    titel: 清理街面
    responsible_units: 城管局
    materials: [{name: 台账, copies: 0, form: pdf}]
    deadline: 9月30日
  - title: ''
    required: 也许
  - 5
"""


def refusal(text: str) -> str:
    with pytest.raises(BadPlan) as wrong:
        parse_plan(text, "方案.yaml")
    return wrong.value.message


def test_all_wrong_fields_are_told_at_once_with_line_and_what_is_allowed() -> None:
    told = refusal(WRONG).split("\n")
    expected = [
        "第 2 行 kind：「plan」不可用，可填 campaign_plan、",
        "第 3 行 owner：没有这个字段",
        "第 5 行 items[1].title：缺少必填的字段",
        "第 6 行 items[1].titel：没有这个字段，是不是 title",
        "第 7 行 items[1].responsible_units：应写成列表，如 [城管局]",
        "第 8 行 items[1].materials[1].copies：应不小于 1",
        "第 8 行 items[1].materials[1].form：「pdf」不可用，可填 electronic、paper、both",
        "第 9 行 items[1].deadline：「9月30日」不对，时间应写成 2026-09-30",
        "第 10 行 items[2].title：不能为空",
        "第 11 行 items[2].required：应填 true 或 false",
        "第 12 行 items[3]：应写成下一级的",
    ]
    assert told[0].startswith("方案.yaml 有 11 处")
    for line, start in zip(told[1:], expected, strict=True):
        assert line.startswith(start)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("deadline: 2026-02-30", "没有这一天"),
        ("deadline: 2026-03-01T25:00", "没有这一天或这个时刻"),
        ("deadline: 9999-12-31", "年份应在 1900 至 2099 之间"),
        ("deadline: 0206-03-01", "年份应在"),
        ("materials: [{name: 台账, copies: 99999999999999999999}]", "应不大于 1000000"),
        ("recurrence: {every: week, times: 99999999999999999999}", "应不大于 1000000"),
    ],
)
def test_a_slip_in_a_day_or_a_number_is_told_with_its_line_and_not_at_the_launch(entry: str, words: str) -> None:
    message = refusal(f"title: 方案\nitems:\n  - title: 清理\n    {entry}\n")
    assert "第 4 行 items[1]." in message
    assert words in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: 甲\nkind: [work_plan\nitems: 1\n", ["第 3 行", "不成对"]),
        ("title: 甲: 乙\n", ["第 1 行", "加引号"]),
        ("items:\n  - title: 甲\n\ttext: 乙\n", ["第 3 行", "制表符"]),
        ('title: "甲\nkind: work_plan\n', ["引号不成对"]),
        ("title: 甲\n kind: 乙\n", ["第 2 行"]),
        ("title: @甲\n", ["第 1 行", "引号"]),
        ("- 甲\n- 乙\n", ["最外层", "列表"]),
        ("只有一段文字\n", ["最外层"]),
        ("title: 甲\ntitle: 乙\n", ["第 2 行", "title", "第 1 行"]),
        ("title: &a 乙\nkind: *a\n", ["第 1 行", "锚点"]),
        ("# 只有注释\n", ["只有注释"]),
        ("[" * 2000, ["方案.yaml"]),
        ("title: \x00\n", ["不能显示的字符"]),
    ],
    ids=["bracket", "two colons", "tab", "quote", "indent", "at sign", "list", "text", "twice", "anchor", "comments", "deep", "control"],
)
def test_wrong_yaml_names_line_and_usual_slip(text: str, words: list[str]) -> None:
    message = refusal(text)
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, "找不到文件"),
        (b"", "空文件"),
        (b"  \n\n", "空文件"),
        ("title: 甲".encode("gb18030"), "UTF-8"),
        (b"PK\x03\x04rest", "plan read"),
        (b"\xd0\xcf\x11\xe0rest", "plan read"),
        (b"%PDF-1.7", "plan read"),
    ],
    ids=["missing", "empty", "blank", "gb18030", "docx", "doc", "pdf"],
)
def test_a_file_that_is_no_plan_is_refused_with_the_next_step(tmp_path: Path, content: bytes | None, word: str) -> None:
    path = tmp_path / "方案.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadPlan, match=word):
        load_plan(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPlan, match="文件夹"):
        load_plan(tmp_path)


def test_what_people_write_by_hand_is_taken_as_meant() -> None:
    text = (
        "\ufefftitle: 方案\nphases:\n  - {name: 一, start: 2026-09-01, text: }\nitems:\n"
        "  - title: 1\n    number: 3\n    materials:\n    recurrence: {every: month, on: [10, 15]}\n    deadline: launch+3d\n"
    )
    spec = parse_plan(text.removeprefix("\ufeff")).spec
    assert spec.phases[0].start == "2026-09-01"
    item = spec.items[0]
    assert (item.title, item.number, item.materials, item.deadline) == ("1", "3", (), "launch+3d")
    assert item.recurrence is not None
    assert item.recurrence.on == ("10", "15")


def test_the_line_of_a_missing_field_is_the_line_of_its_entry() -> None:
    lines = parse_plan("title: 甲\nitems:\n  - title: 乙\n    lead_unit: 丙\n").lines
    assert lines.line("items", 0, "lead_unit") == 4
    assert lines.line("items", 0, "deadline") == 3
    assert lines.line("items", 7) == 2
    assert lines.line("nothing") == 1


words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12).map(str.strip)
names = words.filter(bool)
days = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(lambda day: day.isoformat())
items = st.builds(
    Item,
    title=names,
    text=words,
    number=st.none() | words,
    lead_unit=st.none() | words | st.lists(names, min_size=1, max_size=2).map(tuple),
    responsible_units=st.lists(words, max_size=3).map(tuple),
    deadline=st.none() | days,
    materials=st.lists(st.builds(Material, name=names, copies=st.none() | st.integers(1, 9)), max_size=2).map(tuple),
    targets=st.lists(
        st.builds(Target, metric=words, value=st.none() | st.floats(0, 1e6), by_unit=st.dictionaries(names, st.floats(0, 9), max_size=2)), max_size=1
    ).map(tuple),
    recurrence=st.none() | st.builds(Recurrence, every=st.just("month"), on=st.lists(words, max_size=2).map(tuple)),
    assumed=st.booleans(),
)
plans = st.builds(
    PlanSpec,
    title=names,
    basis=st.lists(words, max_size=2).map(tuple),
    organisation=st.builds(Organisation, name=st.none() | words, head=st.lists(st.builds(Person, name=st.none() | words), max_size=2).map(tuple)),
    phases=st.lists(
        st.builds(Phase, name=names, kind=st.sampled_from(PhaseKind), start=st.none() | days, tasks=st.lists(items, max_size=1).map(tuple)), max_size=2
    ).map(tuple),
    items=st.lists(items, max_size=3).map(tuple),
)


@settings(max_examples=50, deadline=None)
@given(plans)
@example(PlanSpec(title="问", items=(Item(key="a", title="答", materials=(Material(name="A?"),)),)))
def test_any_plan_written_as_yaml_reads_back_equal(spec: PlanSpec) -> None:
    assert parse_plan(to_yaml(spec)).spec == spec


def test_blanks_that_somebody_has_to_fill_in_are_written_out() -> None:
    text = to_yaml(PlanSpec(title="方案", items=(Item(title="清理街面"),)))
    assert "    lead_unit:\n" in text
    assert "    deadline:\n" in text
    assert "recurrence" not in text


def test_the_json_schema_in_the_docs_is_the_schema_of_the_code() -> None:
    page = Path(__file__).parents[3] / "docs" / "plan-schema.json"
    assert json.loads(page.read_text(encoding="utf-8")) == json.loads(schema()), "run: python -m campaign.plan.schema > docs/plan-schema.json"
