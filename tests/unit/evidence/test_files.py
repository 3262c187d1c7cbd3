"""Files are kept whole under their hash, or refused with a sentence; damage is seen when they are read."""

from __future__ import annotations

import hashlib
import io
import os
import tracemalloc
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import openpyxl
import pytest

from campaign.errors import CampaignError
from campaign.evidence.errors import BadFile, Damaged, NoSuchFile, Withdrawn
from campaign.evidence.files import FileStore, Health
from campaign.evidence.zips import OFFICE, ZipLimits
from tests.samples.archives import zipped

NOW = datetime(2026, 9, 3, 1, 30, tzinfo=UTC)
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 100
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 100
LEGACY = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def open_xml(folder: str, *more: tuple[str, bytes]) -> bytes:
    return zipped(("[Content_Types].xml", b"<Types/>"), (f"{folder}document.xml", b"<x/>"), *more)


def legacy(stream: str) -> bytes:
    return LEGACY + stream.encode("utf-16-le") + b"\0\0" + b"\0" * 100


def stored(store: FileStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "evidence")


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("总结.pdf", PDF, "application/pdf"),
        ("总结.docx", open_xml("word/"), OFFICE + "wordprocessingml.document"),
        ("台账.xlsx", open_xml("xl/"), OFFICE + "spreadsheetml.sheet"),
        ("汇报.pptx", open_xml("ppt/"), OFFICE + "presentationml.presentation"),
        ("公文.ofd", zipped(("OFD.xml", b"<ofd/>"), ("Doc_0/Document.xml", b"<x/>")), "application/ofd"),
        ("总结.odt", zipped(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<x/>")), "application/vnd.oasis.opendocument.text"),
        ("照片.zip", zipped(("一.jpg", JPEG)), "application/zip"),
        ("总结.doc", legacy("WordDocument"), "application/msword"),
        ("总结.wps", legacy("WordDocument"), "application/msword"),
        ("台账.xls", legacy("Workbook"), "application/vnd.ms-excel"),
        ("现场.jpg", JPEG, "image/jpeg"),
        ("现场.jpg", PNG, "image/png"),
        ("说明.txt", "情况说明\r\n第一条".encode(), "text/plain"),
        ("说明.txt", "情况说明，国标编码".encode("gb18030"), "text/plain"),
        ("说明.txt", "情况说明".encode("utf-16"), "text/plain"),
        ("清单.csv", "BM,名称\n1,桥".encode(), "text/csv"),
        ("总结9.30", PDF, "application/pdf"),
    ],
)
def test_type_is_told_by_content(store: FileStore, name: str, content: bytes, media_type: str) -> None:
    kept = store.put(io.BytesIO(content), name)
    assert (kept.media_type, kept.size, kept.sha256) == (media_type, len(content), hashlib.sha256(content).hexdigest())
    with store.open(kept.sha256) as source:
        assert source.read() == content


def test_name_without_extension_gets_the_usual_one(store: FileStore) -> None:
    assert store.put(io.BytesIO(PDF), "../总结9.30").name == "总结9.30.pdf"


def test_real_workbook_is_taken(store: FileStore, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    openpyxl.Workbook().save(path)
    assert store.put(path, path.name).media_type == OFFICE + "spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        pytest.param("空.pdf", b"", "空文件", id="empty"),
        pytest.param("程序.exe", b"MZ" + b"\0" * 200, "不接收 .exe", id="program by name"),
        pytest.param("总结.pdf", b"MZ\x90\x00" + b"\0" * 200, "无法识别", id="program by content"),
        pytest.param("总结.docx", PDF, "内容却是PDF", id="name and content disagree"),
        pytest.param("总结.docx", zipped(("a.txt", b"x")), "内容却是压缩包", id="a zip called Word"),
        pytest.param("总结.pdf", "只是文字".encode(), "无法识别", id="text called PDF"),
        pytest.param("说明.txt", b"<html><script>alert(1)</script>", "网页或脚本", id="web page"),
        pytest.param("说明.txt", b"<SVG onload=x>", "网页或脚本", id="scripted drawing"),
        pytest.param("说明.txt", b"abc\0def", "无法识别", id="binary called text"),
        pytest.param("总结.docx", open_xml("word/", ("word/vbaProject.bin", b"x")), "宏", id="macros"),
        pytest.param("总结.docx", legacy("EncryptedPackage"), "打开密码", id="password"),
        pytest.param("资料.zip", zipped(("a/运行.EXE", b"MZ")), "运行.EXE", id="program in a zip"),
        pytest.param("资料.zip", zipped(("../../etc/x.txt", b"x")), "指向包外", id="path out of a zip"),
        pytest.param("资料.zip", zipped(("a.txt", b"x"))[:60], "损坏", id="torn zip"),
        pytest.param("资料.rar", b"Rar!\x1a\x07\x00" + b"\0" * 50, "不接收 .rar", id="archive nobody can look into"),
    ],
)
def test_refusal_is_one_sentence_and_leaves_nothing(store: FileStore, name: str, content: bytes, words: str) -> None:
    with pytest.raises(BadFile) as refusal:
        store.put(io.BytesIO(content), name)
    assert words in refusal.value.message
    assert stored(store) == []


def test_zip_with_a_password_is_refused(store: FileStore) -> None:
    content = bytearray(zipped(("a.txt", b"x")))
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + at] |= 1
    with pytest.raises(BadFile, match="密码"):
        store.put(io.BytesIO(bytes(content)), "资料.zip")


def test_zip_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    store = FileStore(tmp_path, zip_limits=ZipLimits(ratio=50, ratio_from_bytes=1000))
    with pytest.raises(BadFile, match="炸弹"):
        store.put(io.BytesIO(zipped(("a.txt", b"\0" * 1_000_000))), "资料.zip")
    assert store.put(io.BytesIO(zipped(("a.txt", os.urandom(5000)))), "资料.zip").media_type == "application/zip"


def test_too_many_members_are_refused_before_the_directory_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped(*((f"{n:04}.txt", b"") for n in range(200)))
    with pytest.raises(BadFile, match="200 个文件"):
        FileStore(tmp_path, zip_limits=ZipLimits(members=100)).put(io.BytesIO(content), "资料.zip")
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(BadFile, match="文件过多"):
        FileStore(tmp_path, zip_limits=ZipLimits(directory_bytes=1000)).put(io.BytesIO(content), "资料.zip")


def test_too_large_is_refused_while_reading(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "evidence", max_bytes=1024**2)
    source = io.BytesIO(PDF + b"\0" * 5 * 1024**2)
    with pytest.raises(BadFile, match="1 MB"):
        store.put(source, "大.pdf")
    assert source.tell() < 3 * 1024**2
    assert stored(store) == []


def test_the_same_bytes_are_kept_once(store: FileStore) -> None:
    first, second = store.put(io.BytesIO(PDF), "甲.pdf"), store.put(io.BytesIO(PDF), "乙.pdf")
    assert first.sha256 == second.sha256
    assert stored(store) == [store.root / first.sha256[:2] / first.sha256[2:4] / first.sha256]


def test_damage_is_seen_and_the_last_piece_not_given_out(store: FileStore) -> None:
    content = PDF + b"\0" * 3 * 1024**2
    kept = store.put(io.BytesIO(content), "总结.pdf")
    (place,) = stored(store)
    place.chmod(0o600)
    with place.open("r+b") as raw:
        raw.write(b"X")
    received: list[bytes] = []
    with store.open(kept.sha256) as source, pytest.raises(Damaged, match="备份"):
        received.extend(iter(lambda: source.read(1024**2), b""))
    assert len(b"".join(received)) < len(content)
    assert store.verify(kept.sha256) is Health.DAMAGED


def test_taking_the_file_in_again_heals_it(store: FileStore) -> None:
    kept = store.put(io.BytesIO(PDF), "总结.pdf")
    (place,) = stored(store)
    place.chmod(0o600)
    place.write_bytes(b"x" * len(PDF))
    store.put(io.BytesIO(PDF), "总结.pdf")
    assert store.verify(kept.sha256) is Health.WHOLE


def test_shortened_and_lengthened_files_are_damaged(store: FileStore) -> None:
    kept = store.put(io.BytesIO(PDF), "总结.pdf")
    (place,) = stored(store)
    place.chmod(0o600)
    for changed in (PDF[:-1], PDF + b"x", b""):
        place.write_bytes(changed)
        assert store.verify(kept.sha256) is Health.DAMAGED


def test_missing_file_and_forged_hash_are_not_found(store: FileStore) -> None:
    assert store.verify("0" * 64) is Health.MISSING
    for forged in ("../../../etc/passwd", "A" * 64, "0" * 63, ""):
        with pytest.raises(NoSuchFile), store.open(forged):
            pass


def test_withdrawn_file_leaves_a_tombstone_and_never_comes_back(store: FileStore) -> None:
    kept = store.put(io.BytesIO(PDF), "名册.pdf")
    store.withdraw(kept.sha256, reason="含居民身份证号", now=NOW)
    store.withdraw(kept.sha256, reason="再次", now=NOW)
    (stone,) = stored(store)
    assert "含居民身份证号" in stone.read_text(encoding="utf-8")
    assert store.verify(kept.sha256) is Health.WITHDRAWN
    with pytest.raises(Withdrawn), store.open(kept.sha256):
        pass
    with pytest.raises(Withdrawn, match="不能再次上传"):
        store.put(io.BytesIO(PDF), "改名.pdf")
    assert stored(store) == [stone]


def test_withdrawal_that_stopped_half_way_already_hides_the_bytes(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = store.put(io.BytesIO(PDF), "名册.pdf")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            store.withdraw(kept.sha256, reason="含身份证号", now=NOW)
    assert store.verify(kept.sha256) is Health.WITHDRAWN
    store.withdraw(kept.sha256, reason="含身份证号", now=NOW)
    assert len([path for path in stored(store) if "incoming" not in path.parts]) == 1


def test_withdrawing_what_never_was_is_refused(store: FileStore) -> None:
    with pytest.raises(NoSuchFile):
        store.withdraw("0" * 64, reason="x", now=NOW)


def test_upload_that_breaks_off_leaves_nothing(store: FileStore) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise ConnectionResetError(104, "reset")
            return super().read(size)

    with pytest.raises(CampaignError):
        store.put(Breaking(PDF + b"\0" * 3 * 1024**2), "总结.pdf")
    assert stored(store) == []


def test_full_disk_is_said_plainly(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CampaignError, match="磁盘空间不足") as refusal:
        store.put(io.BytesIO(PDF), "总结.pdf")
    assert refusal.value.code == "disk_full"


def test_leftovers_of_a_killed_upload_go_after_a_day(store: FileStore) -> None:
    store.put(io.BytesIO(PDF), "总结.pdf")
    left = store.root / "incoming" / "killed"
    left.write_bytes(b"half")
    os.utime(left, (NOW.timestamp(), NOW.timestamp()))
    assert store.forget_unfinished(NOW + timedelta(hours=23)) == 0
    assert store.forget_unfinished(NOW + timedelta(hours=25)) == 1
    assert not left.exists()


class Endless(io.RawIOBase):
    """A large text that is never in memory."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1, /) -> bytes:
        piece = min(size, self.left)
        self.left -= piece
        return b"a" * piece


def test_large_file_takes_no_large_memory(store: FileStore) -> None:
    source: BinaryIO = Endless(64 * 1024**2)  # type: ignore[assignment]  # only read() is asked of a source
    tracemalloc.start()
    kept = store.put(source, "大.txt")
    assert store.verify(kept.sha256) is Health.WHOLE
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept.size == 64 * 1024**2
    assert peak < 16 * 1024**2
