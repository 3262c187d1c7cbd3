"""A look inside zip-based files without unpacking them to where anybody could open them.

Owns the guards: how large the directory may be (it is read before anything else, so it is measured first), how many members, how much they
would become. Sizes are compared with the file itself, not with what the members claim to take, because members may overlap. Archives
within an archive are looked at in turn, and all of them share one budget: a bomb is not smaller for being wrapped.
"""

from __future__ import annotations

import struct
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from campaign.evidence.errors import BadFile
from campaign.evidence.names import extension_of
from campaign.plan.files.guard import BROKEN_ZIP

OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN_XML = {"word/": OFFICE + "wordprocessingml.document", "xl/": OFFICE + "spreadsheetml.sheet", "ppt/": OFFICE + "presentationml.presentation"}
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
PROGRAMS = frozenset({"exe", "dll", "com", "scr", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "msi", "jar", "apk", "lnk", "sh", "reg"})
_NESTED = frozenset({"zip", "docx", "xlsx", "pptx", "ofd", "odt", "ods", "odp", "docm", "xlsm", "pptm"})
_PIECE = 1024 * 1024
BROKEN = "文件已损坏，无法打开：请重新导出或重新压缩后上传。"
_END, _END64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"


@dataclass(frozen=True, slots=True)
class ZipLimits:
    members: int = 10_000
    directory_bytes: int = 4 * 1024**2
    unpacked_bytes: int = 8 * 1024**3
    ratio: int = 200
    ratio_from_bytes: int = 100 * 1024**2
    depth: int = 3
    nested_bytes: int = 300 * 1024**2


class _Budget:
    """What is left for all archives of one file together."""

    def __init__(self, limits: ZipLimits) -> None:
        self.limits, self.members, self.unpacked, self.nested = limits, 0, 0, limits.nested_bytes


def media_type_of_zip(path: Path, limits: ZipLimits) -> str:
    """The media type that its members tell; refuses bombs, passwords, macros, programs and paths that lead out."""
    with path.open("rb") as source:
        return _looked_into(source, path.stat().st_size, path.stat().st_size, _Budget(limits), 1)


def _looked_into(source: BinaryIO, size: int, outer: int, budget: _Budget, depth: int) -> str:
    limits = budget.limits
    if _directory_size(source, size) > limits.directory_bytes:
        raise BadFile(f"压缩包内文件过多（上限 {limits.members} 个）：请拆分后上传。")
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
            _check(members, outer, budget)
            kind = _kind(archive, {member.filename for member in members})
            if kind == "application/zip":
                _check_nested(archive, members, outer, budget, depth)
            return kind
    except (*BROKEN_ZIP, ValueError, struct.error) as error:
        raise BadFile(BROKEN) from error
    except OSError as error:  # bz2 says so of damaged bytes, with no number; a full disk has one, and is not the file's fault
        if error.errno is not None:
            raise
        raise BadFile(BROKEN) from error


def _check(members: list[zipfile.ZipInfo], size: int, budget: _Budget) -> None:
    limits = budget.limits
    budget.members += len(members)
    if budget.members > limits.members:
        raise BadFile(f"压缩包内有 {budget.members} 个文件，超过上限 {limits.members} 个：请拆分后上传。")
    budget.unpacked += sum(member.file_size for member in members)
    if budget.unpacked > limits.unpacked_bytes or (budget.unpacked > limits.ratio_from_bytes and budget.unpacked > size * limits.ratio):
        raise BadFile("压缩包解开后过大，疑似压缩炸弹，已拒收：请直接上传原文件。")
    for member in members:
        name = member.filename
        if member.flag_bits & 0x1:
            raise BadFile("压缩包设有密码，审核人打不开：请去掉密码后重新上传。")
        if name.startswith(("/", "\\")) or ":" in name.split("/")[0] or ".." in name.replace("\\", "/").split("/"):
            raise BadFile("压缩包内的文件路径不规范（指向包外），已拒收：请重新压缩后上传。")
        if extension_of(name) in PROGRAMS:
            raise BadFile(f"压缩包内含程序文件「{name.rsplit('/', 1)[-1][:60]}」，已拒收：请删去后重新压缩。")


def _check_nested(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], outer: int, budget: _Budget, depth: int) -> None:
    """Archives and Office files inside, unpacked one at a time into a file without a name."""
    for member in members:
        if extension_of(member.filename) not in _NESTED:
            continue
        if depth >= budget.limits.depth:
            raise BadFile(f"压缩包套了 {depth} 层以上，已拒收：请解开后重新压缩。")
        if member.file_size > budget.nested:
            raise BadFile("压缩包里的压缩包和文档过大，无法逐个检查：请解开后分开上传。")
        budget.nested -= member.file_size
        with archive.open(member) as source, tempfile.TemporaryFile() as aside:
            left = member.file_size
            while left > 0 and (piece := source.read(min(_PIECE, left))):
                aside.write(piece)
                left -= len(piece)
            aside.seek(0)
            if aside.read(2) == b"PK":
                _looked_into(aside, member.file_size, outer, budget, depth + 1)


def _kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    if any(name.rsplit("/", 1)[-1] == "vbaProject.bin" for name in names):
        raise BadFile("文件含有宏，已拒收：请另存为不含宏的 .docx、.xlsx 或 .pptx 后上传。")
    if "[Content_Types].xml" in names:
        for folder, kind in _OPEN_XML.items():
            if any(name.startswith(folder) for name in names):
                return kind
    if "OFD.xml" in names:
        return "application/ofd"
    if "mimetype" in names:
        with archive.open("mimetype") as member:
            said = member.read(100).decode("ascii", "replace").strip()
        if said.startswith(_OPEN_DOCUMENT):
            return said
    return "application/zip"


def _directory_size(source: BinaryIO, size: int) -> int:
    """What the end record says, in its 64-bit form where there is one; -1 when there is no end record (zipfile then says it is broken)."""
    source.seek(max(0, size - 65_557))
    tail = source.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        return -1
    locator = tail[at - 20 : at] if at >= 20 else b""
    if locator.startswith(_LOCATOR64):
        source.seek(min(struct.unpack("<Q", locator[8:16])[0], size))
        record = source.read(56)
        if len(record) == 56 and record.startswith(_END64):
            return int(struct.unpack("<Q", record[40:48])[0])
    return int(struct.unpack("<L", tail[at + 12 : at + 16])[0])
