"""A Word file keeps what people see: automatic numbers, text boxes, tracked insertions, merged cells."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from campaign.errors import BadPlan
from campaign.plan.files.numbering import chinese, spell
from campaign.plan.files.word import read_docx
from tests.samples.word import WordFile


def texts(path: Path) -> list[str]:
    return [line.text for line in read_docx(path).lines]


def test_automatic_numbers_of_each_level_stand_in_the_text(tmp_path: Path) -> None:
    word = WordFile()
    number = word.numbering(("chineseCounting", "%1、"), ("chineseCounting", "(%2)"), ("decimal", "%3."), ("decimalEnclosedCircle", "%4"))
    for text, depth in (("任务", 0), ("市容", 1), ("街面", 2), ("小巷", 2), ("路口", 3), ("市场", 1), ("大棚", 2), ("要求", 0)):
        word.numbered(text, number, depth)
    assert texts(word.save(tmp_path / "a.docx")) == ["一、任务", "(一)市容", "1.街面", "2.小巷", "①路口", "(二)市场", "1.大棚", "二、要求"]


def test_two_lists_count_for_themselves_and_bullets_have_no_number(tmp_path: Path) -> None:
    word = WordFile()
    one, other, dots = word.numbering(("decimal", "%1、")), word.numbering(("decimal", "%1、")), word.numbering(("bullet", "●"))
    word.numbered("甲", one)
    word.numbered("乙", other)
    word.numbered("丙", one)
    word.numbered("丁", dots)
    assert texts(word.save(tmp_path / "a.docx")) == ["1、甲", "1、乙", "2、丙", "丁"]


def test_a_number_may_show_the_levels_above_it(tmp_path: Path) -> None:
    word = WordFile()
    number = word.numbering(("decimal", "%1"), ("decimal", "%1.%2 "))
    for text, depth in (("甲", 0), ("乙", 1), ("丙", 1), ("丁", 0), ("戊", 1)):
        word.numbered(text, number, depth)
    assert texts(word.save(tmp_path / "a.docx")) == ["1甲", "1.1 乙", "1.2 丙", "2丁", "2.1 戊"]


@pytest.mark.parametrize(
    ("value", "style", "label"),
    [
        (1, "chineseCounting", "一"),
        (10, "chineseCounting", "十"),
        (12, "chineseCountingThousand", "十二"),
        (21, "japaneseCounting", "二十一"),
        (105, "chineseCounting", "一百零五"),
        (110, "chineseCounting", "一百一十"),
        (3, "chineseLegalSimplified", "叁"),
        (4, "decimalEnclosedCircle", "④"),
        (2, "decimalEnclosedParen", "⑵"),
        (27, "lowerLetter", "aa"),
        (14, "upperRoman", "XIV"),
        (1, "ideographTraditional", "甲"),
        (25, "decimalEnclosedCircle", "25"),
        (7, "decimal", "7"),
    ],
)
def test_each_format_of_word_is_spelt(value: int, style: str, label: str) -> None:
    assert spell(value, style) == label


def test_chinese_numbers_differ_up_to_a_thousand() -> None:
    assert len({chinese(number) for number in range(1, 1000)}) == 999


def test_a_tracked_insertion_is_in_and_a_deletion_is_out(tmp_path: Path) -> None:
    word = WordFile()
    word.tracked("完成时限为", "9月30日", "8月30日")
    assert texts(word.save(tmp_path / "a.docx")) == ["完成时限为9月30日"]


def test_a_text_box_is_read(tmp_path: Path) -> None:
    word = WordFile()
    word.text_box("办公室设在城管局")
    assert "办公室设在城管局" in texts(word.save(tmp_path / "a.docx"))


def test_merged_cells_are_filled_and_the_row_says_each_word_once(tmp_path: Path) -> None:
    word = WordFile()
    word.table(
        [["序号", "任务", "牵头单位"], ["1", "清理街面", "城管局"], ["2", "清理小巷", ""], ["合计", "", ""]],
        [((1, 2), (2, 2)), ((3, 0), (3, 2))],
    )
    lines = read_docx(word.save(tmp_path / "a.docx")).lines
    assert [line.cells for line in lines] == [("序号", "任务", "牵头单位"), ("1", "清理街面", "城管局"), ("2", "清理小巷", "城管局"), ("合计", "合计", "合计")]
    assert [line.text for line in lines] == ["序号\t任务\t牵头单位", "1\t清理街面\t城管局", "2\t清理小巷", "合计"]
    assert {line.table for line in lines} == {1}


def test_a_table_keeps_its_place_among_the_paragraphs(tmp_path: Path) -> None:
    word = WordFile()
    word.paragraph("前")
    word.table([["甲", "乙"]])
    word.paragraph("后")
    assert texts(word.save(tmp_path / "a.docx")) == ["前", "甲\t乙", "后"]


def test_a_frame_around_the_text_is_no_table(tmp_path: Path) -> None:
    word = WordFile()
    word.table([["第一段\n第二段"]])
    lines = read_docx(word.save(tmp_path / "a.docx")).lines
    assert [(line.text, line.cells) for line in lines] == [("第一段", None), ("第二段", None)]


def test_lines_are_counted_with_the_empty_ones_and_headings_have_their_style(tmp_path: Path) -> None:
    word = WordFile()
    word.paragraph("甲")
    word.paragraph("")
    word.paragraph("乙\n丙")
    word.document.add_heading("丁", 2)
    lines = read_docx(word.save(tmp_path / "a.docx")).lines
    assert [(line.number, line.text) for line in lines] == [(1, "甲"), (2, ""), (3, "乙"), (4, "丙"), (5, "丁")]
    assert lines[-1].style == "Heading 2"


def test_a_row_that_was_deleted_with_tracking_is_out(tmp_path: Path) -> None:
    word = WordFile()
    word.table([["任务", "牵头单位"], ["甲", "城管局"], ["乙", "住建局"]])
    word.delete_row(1)
    assert [line.cells for line in read_docx(word.save(tmp_path / "a.docx")).lines] == [("任务", "牵头单位"), ("乙", "住建局")]


def test_fonts_and_bookmarks_do_not_divide_a_sentence(tmp_path: Path) -> None:
    word = WordFile()
    paragraph = word.paragraph("清理")
    for text in ("主次", "干道"):
        run = paragraph.add_run(text)
        run.bold = True
        run.font.name = "仿宋"
    assert texts(word.save(tmp_path / "a.docx")) == ["清理主次干道"]


def test_a_text_of_a_thousand_pages_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.plan.files.word.MAX_SLIM", 5_000)
    word = WordFile()
    word.paragraph("长" * 5_000)
    with pytest.raises(BadPlan, match="太长"):
        read_docx(word.save(tmp_path / "a.docx"))


def test_a_classified_mark_in_a_header_is_seen(tmp_path: Path) -> None:
    word = WordFile()
    word.paragraph("方案")
    word.header("机密★一年")
    with pytest.raises(BadPlan, match="机密") as refused:
        read_docx(word.save(tmp_path / "a.docx"))
    assert refused.value.code == "classified"


def test_a_damaged_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w:document><unclosed>")
        archive.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(BadPlan, match="损坏"):
        read_docx(path)


def test_a_document_type_with_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    with pytest.raises(BadPlan) as refused:
        read_docx(path)
    assert refused.value.code == "unsafe_xml"
