"""Any file that a plan comes in, as lines.

Owns the choice of the reader, which is made by content: a name says what somebody hoped, not what is inside. Refuses what is too large,
broken, encrypted, full of macros, scanned or classified, each with the reason and the way out.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from campaign.errors import BadPlan
from campaign.plan.files.guard import BROKEN_ZIP, check_size, classification, refuse
from campaign.plan.source import SourceText

SUFFIXES = (".docx", ".doc", ".wps", ".rtf", ".pdf", ".xlsx", ".xls", ".et", ".txt", ".md", ".html", ".htm")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_document(path: Path) -> SourceText:
    """The lines of `path`; BadPlan says in one sentence why there are none."""
    if not path.exists():
        raise BadPlan(f"找不到文件 {path}：请检查路径", code="missing_file", path=str(path))
    if path.is_dir():
        raise BadPlan(f"{path} 是文件夹：请给出方案文件", code="not_a_file", path=str(path))
    check_size(path)
    source = _read(path)
    if not any(line.text.strip() for line in source.lines):
        raise refuse(path, "文件里没有文字，请检查是否选错文件", "empty_file")
    level = classification(line.text for line in source.lines)
    if level is not None:
        from campaign.plan.files.word import classified

        raise classified(path, level)
    return source


def _read(path: Path) -> SourceText:
    with path.open("rb") as file:
        head = file.read(4096)
    suffix = path.suffix.lower()
    if head.startswith(b"%PDF-") or (suffix == ".pdf" and b"%PDF-" in head):
        from campaign.plan.files.pdf import read_pdf

        return read_pdf(path)
    if head.startswith(b"PK"):
        return _read_zip(path)
    if head.startswith(_OLE):
        return _read_ole(path, suffix)
    if head.startswith(b"{\\rtf"):
        from campaign.plan.files.office import read_with_office

        return read_with_office(path)
    return _read_text(path, suffix, head)


def _read_zip(path: Path) -> SourceText:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (*BROKEN_ZIP, OSError) as broken:
        raise refuse(path, "文件已损坏，打不开；请用 Word 或 WPS 修复后另存一份", "broken") from broken
    if any(name.startswith("word/") for name in names):
        from campaign.plan.files.word import read_docx

        return read_docx(path)
    if any(name.startswith("xl/") for name in names):
        from campaign.plan.files.sheet import read_workbook

        return read_workbook(path)
    if "OFD.xml" in names:
        raise refuse(path, "是 OFD 版式文件，不能读取；请提供 Word 文件", "unknown_type")
    if any(name.startswith("ppt/") for name in names):
        raise refuse(path, "是演示文稿，不能读取；请提供 Word 文件", "unknown_type")
    raise refuse(path, "是压缩包，不是文档；请解压后给出其中的方案文件", "unknown_type")


def _read_ole(path: Path, suffix: str) -> SourceText:
    """Old Office files and encrypted new ones share this container; its folder names tell them apart."""
    raw = path.read_bytes()
    if _utf16("EncryptedPackage") in raw or _utf16("EncryptionInfo") in raw:
        raise refuse(path, "文件已加密；请去掉打开密码后另存一份", "encrypted")
    if suffix in (".xls", ".et") or (_utf16("Workbook") in raw and _utf16("WordDocument") not in raw):
        from campaign.plan.files.sheet import read_workbook

        return read_workbook(path)
    from campaign.plan.files.office import read_with_office

    return read_with_office(path)


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _read_text(path: Path, suffix: str, head: bytes) -> SourceText:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:512].lower()
    if start.startswith((b"mime-version", b"from:")) and b"multipart" in head.lower():
        raise refuse(path, "是网页存档（MHT），不能读取；请用 Word 或 WPS 打开后另存为 .docx", "unknown_type")
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<body")) or (start.startswith(b"<?xml") and b"<html" in head.lower()):
        from campaign.plan.files.guard import MAX_TEXT
        from campaign.plan.files.html import lines_of_html

        check_size(path, MAX_TEXT)
        return lines_of_html(_markup(path))
    if suffix in (".doc", ".docx", ".wps", ".xls", ".xlsx", ".et", ".pdf"):
        raise refuse(path, f"内容不是 {suffix} 格式，可能已损坏或改过扩展名；请用原来的软件打开后另存一份", "broken")
    if suffix in (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".heic"):
        raise refuse(path, "是图片；请提供可编辑文件", "scanned")
    from campaign.plan.files import text

    return text.read_markdown(path) if suffix in (".md", ".markdown") else text.read_text_file(path)


def _markup(path: Path) -> str:
    """The text of a web page; its own word on its encoding counts only where the bytes leave it open."""
    from campaign.plan.files.text import decoded

    page = decoded(path)
    # lxml refuses text that declares an encoding of its own.
    return page[page.index("?>") + 2 :] if page.lstrip().startswith("<?xml") and "?>" in page else page
