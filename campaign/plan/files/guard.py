"""What is refused before a file is read: too large, a bomb, a macro, encrypted, classified.

Owns the limits. They are there so that a file from anywhere costs bounded memory and time; a real plan is far below each of them.
"""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from campaign.errors import BadPlan

BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, EOFError)
"""What `zipfile` lets through when a member's bytes are not what they should be: zlib's and lzma's own errors are no BadZipFile."""
MAX_FILE = 100_000_000
MAX_TEXT = 3_000_000
MAX_UNPACKED = 400_000_000
MAX_PART = 25_000_000
MAX_RATIO = 300
MAX_PARTS = 5_000
MAX_LINES = 20_000
HEAD_LINES = 15

_SPACES = r"[\s\u3000]*"
_MARK = re.compile(rf"(?:密{_SPACES}级{_SPACES}[:\uff1a]?{_SPACES})?(绝{_SPACES}密|机{_SPACES}密|秘{_SPACES}密)(?:{_SPACES}[★☆*].{{0,12}})?")
_STAR = re.compile(rf"(绝{_SPACES}密|机{_SPACES}密|秘{_SPACES}密){_SPACES}★")


def refuse(path: Path, sentence: str, code: str) -> BadPlan:
    return BadPlan(f"{path.name}：{sentence}", code=code, path=str(path))


def check_size(path: Path, limit: int = MAX_FILE) -> None:
    size = path.stat().st_size
    if size == 0:
        raise refuse(path, "文件是空的，请检查是否复制完整", "empty_file")
    if size > limit:
        raise refuse(path, f"文件有 {size // 1_000_000} MB，超过 {limit // 1_000_000} MB 的上限；请删去图片或拆成几份后重试", "too_large")


def check_zip(path: Path, archive: zipfile.ZipFile) -> None:
    """Sizes as the archive declares them; reading a part later never goes beyond what it declared."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    text = max((part.file_size for part in parts if part.filename.endswith((".xml", ".rels"))), default=0)
    packed = max(1, sum(part.compress_size for part in parts))
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or text > MAX_PART or (unpacked > 20_000_000 and unpacked / packed > MAX_RATIO):
        raise refuse(path, f"解开后有 {unpacked // 1_000_000} MB、{len(parts)} 个部分，不像正常的文档，没有读取；请用 Word 或 WPS 打开后另存一份", "zip_bomb")
    names = {part.filename.lower() for part in parts}
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise refuse(path, "文件带有宏，为安全起见没有读取；请另存为不带宏的 .docx 或 .xlsx 后重试", "macros")
    if any(part.flag_bits & 1 for part in parts):
        raise refuse(path, "文件已加密；请去掉打开密码后另存一份", "encrypted")


def part_text(path: Path, archive: zipfile.ZipFile, name: str) -> bytes:
    """One XML part. A document type is refused: Office writes none, and entities are how a small file fills the memory."""
    try:
        content = archive.read(name)
    except (*BROKEN_ZIP, OSError) as broken:
        raise refuse(path, "文件已损坏，读不出内容；请用 Word 或 WPS 修复后另存一份", "broken") from broken
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content[:4096]:
        raise refuse(path, "文件结构不正常，没有读取；请用 Word 或 WPS 打开后另存一份", "unsafe_xml")
    return content


def classification(lines: Iterable[str]) -> str | None:
    """The 密级 mark of a document: a line of its own near the top, or a level with its star anywhere."""
    near_top = HEAD_LINES
    for line in lines:
        text = line.strip()
        if not text:
            continue
        if star := _STAR.search(text):
            return re.sub(r"\s", "", star[1])
        if near_top > 0 and (mark := _MARK.fullmatch(text)):
            return re.sub(r"\s", "", mark[1])
        near_top -= 1
    return None
