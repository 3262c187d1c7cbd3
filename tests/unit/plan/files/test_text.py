"""Text is decoded strictly, and Markdown loses its signs but not its numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.errors import BadPlan
from campaign.plan.files.text import decoded, read_markdown

PLAN = "一、工作任务\n清理街面。\n整治市场。\n二、工作要求\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_each_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(PLAN.encode(encoding))
    assert decoded(path).removeprefix("\ufeff") == PLAN


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="gbk", min_codepoint=32), min_size=1, max_size=60))
def test_any_gb18030_text_that_is_no_utf8_is_read_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    raw = text.encode("gb18030")
    path = tmp_path_factory.mktemp("gb") / "a.txt"
    path.write_bytes(raw)
    try:
        expected = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        expected = text
    if not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        assert decoded(path) == expected


def test_a_mixture_of_encodings_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(PLAN.encode() + "三、保障措施\n".encode("gb18030") + "四、其他\n".encode())
    with pytest.raises(BadPlan, match="第 5 行") as refused:
        decoded(path)
    assert refused.value.code == "mixed_encoding"


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(BadPlan, match="不是文本"):
        decoded(path)
    path.write_bytes(b"\xff\xff\xff\xff")
    with pytest.raises(BadPlan, match="编码"):
        decoded(path)


def test_markdown_signs_go_and_numbers_tables_and_line_numbers_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# 方案\n\n1. **清理**街面\n- 甲\n\n| 序号 | 任务 |\n|:--:|---|\n| 1 | 甲 |\n\n> 引用\n", encoding="utf-8")
    lines = read_markdown(path).lines
    assert [(line.number, line.text, line.cells) for line in lines if line.text] == [
        (1, "方案", None),
        (3, "1. 清理街面", None),
        (4, "甲", None),
        (6, "序号\t任务", ("序号", "任务")),
        (8, "1\t甲", ("1", "甲")),
        (10, "引用", None),
    ]
    assert lines[0].style == "Heading 1"
