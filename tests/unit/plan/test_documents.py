"""What a file is, is seen by its content; what cannot be read is refused in one sentence with the way out."""

from __future__ import annotations

import contextlib
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.errors import BadPlan
from campaign.plan import documents
from campaign.plan.documents import open_document
from campaign.plan.files import guard, libreoffice, office
from campaign.plan.files.html import lines_of_html
from tests.samples.archives import damaged, zipped
from tests.samples.plans import NAMES, build
from tests.samples.word import WordFile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def archive(**parts: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content in parts.items():
                made.writestr(name.replace("__", "/").replace("_dot_", "."), content)

    return write


def content(raw: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(raw)

    return write


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(500_000_000)


REFUSED: list[tuple[str, Callable[[Path], None], str, str]] = [
    ("空.docx", content(b""), "empty_file", "空的"),
    ("大.docx", huge, "too_large", "500 MB"),
    ("坏.docx", content(b"PK\x03\x04 broken"), "broken", "损坏"),
    ("假.docx", content("只是文字".encode()), "broken", "扩展名"),
    ("加密.docx", content(OLE + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")), "encrypted", "打开密码"),
    ("宏.docm", archive(word__document_dot_xml=b"<x/>", word__vbaProject_dot_bin=b"x"), "macros", "宏"),
    ("炸弹.docx", archive(word__document_dot_xml=b"0" * 70_000_000), "zip_bomb", "不像正常的文档"),
    ("多部分.docx", archive(**{f"word__p{number}_dot_xml": b"" for number in range(5_001)}), "zip_bomb", "部分"),
    ("压缩包.zip", archive(readme_dot_txt=b"x"), "unknown_type", "解压"),
    ("幻灯片.pptx", archive(ppt__presentation_dot_xml=b"<x/>"), "unknown_type", "演示文稿"),
    ("版式.ofd", archive(OFD_dot_xml=b"<x/>"), "unknown_type", "OFD"),
    ("照片.jpg", content(b"\xff\xd8\xff\xe0 jpeg"), "scanned", "可编辑"),
    ("存档.doc", content(b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n"), "unknown_type", "MHT"),
    ("空白.txt", content(b"\n  \n"), "empty_file", "没有文字"),
    ("旧表.xls", content(OLE + b"\x00" * 600 + "Workbook".encode("utf-16-le")), "broken", "损坏"),
]


@pytest.mark.parametrize(("name", "write", "code", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_bad_file_is_refused_in_one_sentence_with_the_reason(tmp_path: Path, name: str, write: Callable[[Path], None], code: str, words: str) -> None:
    path = tmp_path / name
    write(path)
    with pytest.raises(BadPlan) as refused:
        open_document(path)
    assert refused.value.code == code
    assert words in refused.value.message
    assert name in refused.value.message
    assert "\n" not in refused.value.message


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadPlan, match="找不到"):
        open_document(tmp_path / "无.docx")
    with pytest.raises(BadPlan, match="文件夹"):
        open_document(tmp_path)


def test_an_old_word_file_without_libreoffice_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice, "find_office", lambda: None)
    path = tmp_path / "旧.wps"
    path.write_bytes(OLE + b"\x00" * 600)
    with pytest.raises(BadPlan, match=r"另存为 \.docx"):
        open_document(path)


@pytest.mark.parametrize("member", ["word/document.xml", "xl/workbook.xml"])
def test_a_document_whose_bytes_are_damaged_is_refused_by_name(tmp_path: Path, member: str) -> None:
    path = tmp_path / "损坏.docx"
    path.write_bytes(damaged(zipped(("[Content_Types].xml", b"<Types/>" * 50), (member, b"<w/>" * 900))))
    with pytest.raises(BadPlan, match=r"损坏\.docx：.*已损坏"):
        open_document(path)


def test_a_stuck_libreoffice_is_ended_after_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "soffice"
    slow.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setattr(libreoffice, "find_office", lambda: str(slow))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # a queue of its own: another test may be converting just now
    path = tmp_path / "旧.doc"
    path.write_bytes(OLE)
    with pytest.raises(BadPlan) as refused:
        office.read_with_office(path, seconds=0.3)
    assert refused.value.code == "too_slow"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("机密★一年\n\n云河区方案", "机密"),
        ("秘 密\n云河区方案", "秘密"),
        ("密级:绝密\n方案", "绝密"),
        ("方案\n附件二 绝密★长期", "绝密"),
        ("方案\n要做好保密工作,严守国家秘密。", None),
        ("方案\n" + "正文\n" * 30 + "机密\n", None),
    ],
    ids=["star", "spaced", "labelled", "star below", "only mentioned", "far below"],
)
def test_a_classified_document_is_refused_with_its_level(tmp_path: Path, text: str, level: str | None) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    if level is None:
        assert open_document(path).lines
        return
    with pytest.raises(BadPlan, match=f"密级「{level}」") as refused:
        open_document(path)
    assert refused.value.code == "classified"


@pytest.mark.parametrize("name", NAMES)
def test_each_sample_is_opened_whatever_its_kind(tmp_path: Path, name: str) -> None:
    lines = open_document(build(name, tmp_path)).lines
    assert [line.number for line in lines] == sorted({line.number for line in lines})
    assert sum(len(line.text) for line in lines) > 50


def test_the_content_counts_and_not_the_name(tmp_path: Path) -> None:
    word = WordFile()
    word.paragraph("其实是 Word 文件")
    assert open_document(word.save(tmp_path / "方案.txt")).lines[0].text == "其实是 Word 文件"


def test_a_spanning_web_table_is_filled() -> None:
    page = "<table><tr><th colspan=2>甲</th><th>乙</th></tr><tr><td rowspan=2>1</td><td>2</td><td>3</td></tr><tr><td>4</td><td rowspan=9>5</td></tr></table>"
    assert [line.cells for line in lines_of_html(page).lines] == [("甲", "甲", "乙"), ("1", "2", "3"), ("1", "4", "5")]


@settings(max_examples=40, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([".docx", ".doc", ".txt", ".pdf", ".xlsx", ".md", ".html"]),
    st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.4\n", b"<html>"]),
)
def test_any_bytes_are_read_or_refused_but_never_crash(tmp_path_factory: pytest.TempPathFactory, raw: bytes, suffix: str, head: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / f"a{suffix}"
    path.write_bytes(head + raw)
    with contextlib.suppress(BadPlan):
        assert open_document(path).lines


def test_the_limits_leave_room_for_real_plans() -> None:
    assert guard.MAX_FILE >= 50_000_000
    assert ".docx" in documents.SUFFIXES
