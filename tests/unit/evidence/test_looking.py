"""What is asked of a file before it is kept: pixels, archives within archives, words that must not be there."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest
from PIL import ExifTags, Image

from campaign.evidence.errors import BadFile
from campaign.evidence.files import FileStore
from campaign.evidence.zips import ZipLimits
from tests.samples.archives import damaged, zipped
from tests.samples.pdf import write_pdf

NUMBER = "11010519491231002X"


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "evidence")


def word(*paragraphs: str, header: str = "") -> bytes:
    document, made = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.save(made)
    return made.getvalue()


def sheet(*cells: str) -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active.append(list(cells))
    book.save(made)
    return made.getvalue()


def ofd(text: str) -> bytes:
    page = f'<ofd:Page xmlns:ofd="x"><ofd:TextCode X="1">{text}</ofd:TextCode></ofd:Page>'.encode()
    return zipped(("OFD.xml", b"<ofd/>"), ("Doc_0/Pages/Page_0/Content.xml", page))


def picture_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises this many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [9_000, 40_000])
def test_a_picture_that_would_unfold_into_gigabytes_is_refused_by_its_header(store: FileStore, side: int) -> None:
    with pytest.raises(BadFile, match="像素"):
        store.put(io.BytesIO(picture_that_claims(side, side)), "现场.png")


def test_a_photo_tells_the_day_on_which_it_was_taken(store: FileStore) -> None:
    picture, made = Image.new("RGB", (80, 60)), io.BytesIO()
    exif = picture.getexif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:05:12 10:20:30"
    picture.save(made, "JPEG", exif=exif)
    assert store.put(io.BytesIO(made.getvalue()), "现场.jpg").taken_on == date(2026, 5, 12)


def test_programs_are_found_in_archives_within_archives(store: FileStore) -> None:
    with pytest.raises(BadFile, match=r"a\.exe"):
        store.put(io.BytesIO(zipped(("里.zip", zipped(("a.exe", b"MZ"))))), "外.zip")


def test_macros_are_found_in_documents_within_an_archive(store: FileStore) -> None:
    inner = zipped(("[Content_Types].xml", b"<x/>"), ("word/vbaProject.bin", b"x"))
    with pytest.raises(BadFile, match="宏"):
        store.put(io.BytesIO(zipped(("总结.docx", inner))), "外.zip")


@pytest.mark.parametrize("inner", ["里.zip", "mimetype"])
def test_a_member_whose_bytes_are_damaged_is_said_and_no_fault(store: FileStore, inner: str) -> None:
    with pytest.raises(BadFile, match="已损坏"):
        store.put(io.BytesIO(damaged(zipped((inner, b"x" * 4000)))), "外.zip")


def test_archives_wrapped_too_deep_are_refused(store: FileStore) -> None:
    content = zipped(("a.txt", b"x"))
    for _ in range(3):
        content = zipped(("里.zip", content))
    with pytest.raises(BadFile, match="套了"):
        store.put(io.BytesIO(content), "外.zip")


def test_a_bomb_is_not_smaller_for_being_wrapped(tmp_path: Path) -> None:
    store = FileStore(tmp_path, zip_limits=ZipLimits(ratio=50, ratio_from_bytes=1_000_000))
    bomb = zipped(("a.txt", b"\0" * 600_000))
    with pytest.raises(BadFile, match="炸弹"):
        store.put(io.BytesIO(zipped(("一.zip", bomb), ("二.zip", bomb))), "外.zip")


def test_what_cannot_be_looked_into_piece_by_piece_is_refused(tmp_path: Path) -> None:
    store = FileStore(tmp_path, zip_limits=ZipLimits(nested_bytes=100))
    with pytest.raises(BadFile, match="分开上传"):
        store.put(io.BytesIO(zipped(("里.zip", zipped(("a.txt", b"x" * 50))))), "外.zip")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("名单.docx", word("张某某", f"身份证号 {NUMBER}"), id="word"),
        pytest.param("名单.xlsx", sheet("张某某", NUMBER), id="sheet"),
        pytest.param("名单.txt", f"张某某 {NUMBER}".encode("gb18030"), id="text"),
        pytest.param("名单.csv", f"姓名,号码\n张某某,{NUMBER}".encode(), id="csv"),
        pytest.param("名单.pdf", b"", id="pdf"),
        pytest.param("名单.ofd", ofd(f"号码 {NUMBER}"), id="ofd"),
        pytest.param("名单.ofd", ofd("".join(f"&#{ord(letter)};" for letter in NUMBER)), id="numbered letters"),
    ],
)
def test_identity_numbers_are_pointed_out_with_their_middle_hidden(store: FileStore, tmp_path: Path, name: str, content: bytes) -> None:
    content = content or write_pdf(tmp_path / name, [["张某某", NUMBER]]).read_bytes()
    assert store.put(io.BytesIO(content), name).personal == ("110105********002X",)


def test_a_long_number_that_is_none_is_not_pointed_out(store: FileStore) -> None:
    assert store.put(io.BytesIO("流水号 110105194912310021".encode()), "单.txt").personal == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("通知.docx", word("机密★1年", "关于某事的通知"), id="first line"),
        pytest.param("通知.docx", word("关于某事的通知", header="秘密★"), id="above the page"),
        pytest.param("通知.txt", "密级：秘密\n关于某事的通知".encode(), id="text"),
    ],
)
def test_a_marked_classified_paper_is_not_kept(store: FileStore, name: str, content: bytes) -> None:
    with pytest.raises(BadFile, match="不得上传涉密信息") as refused:
        store.put(io.BytesIO(content), name)
    assert refused.value.code == "classified"
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_a_paper_that_speaks_about_marks_further_down_is_taken(store: FileStore) -> None:
    assert store.put(io.BytesIO(word(*["保密教育材料。" * 30] * 10, "文件左上角标注机密★的，不得上网。")), "教育.docx").size


def test_a_document_that_breaks_its_reader_has_no_words(store: FileStore) -> None:
    broken = zipped(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"\xff\xfe<<<"))
    assert store.put(io.BytesIO(broken), "坏.docx").personal == ()
