"""What a file is, told by its content; its name may only agree.

Owns the list of what is taken. Refuses programs, web pages and scripts under any name, and a name that says one kind while the content is
another, since whoever reviews it could not open it. A photo named .jpg that is a .png passes: phones do that.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

import filetype

from campaign.evidence.errors import BadFile
from campaign.evidence.names import extension_of
from campaign.evidence.zips import OFFICE, ZipLimits, media_type_of_zip

_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True)
class Kind:
    """`family` is what name and content have to agree in; the first extension is the usual one."""

    label: str
    family: str
    extensions: tuple[str, ...]


KINDS: dict[str, Kind] = {
    "application/pdf": Kind("PDF", "pdf", ("pdf",)),
    "application/ofd": Kind("OFD", "ofd", ("ofd",)),
    OFFICE + "wordprocessingml.document": Kind("Word 文档", "word", ("docx",)),
    OFFICE + "spreadsheetml.sheet": Kind("Excel 表格", "sheet", ("xlsx",)),
    OFFICE + "presentationml.presentation": Kind("演示文稿", "slides", ("pptx",)),
    "application/msword": Kind("Word 文档", "word", ("doc", "wps")),
    "application/vnd.ms-excel": Kind("Excel 表格", "sheet", ("xls", "et")),
    "application/vnd.ms-powerpoint": Kind("演示文稿", "slides", ("ppt", "dps")),
    _OPEN_DOCUMENT + "text": Kind("文档", "word", ("odt",)),
    _OPEN_DOCUMENT + "spreadsheet": Kind("表格", "sheet", ("ods",)),
    _OPEN_DOCUMENT + "presentation": Kind("演示文稿", "slides", ("odp",)),
    "application/rtf": Kind("文档", "word", ("rtf",)),
    "text/plain": Kind("文本", "text", ("txt",)),
    "text/csv": Kind("CSV 表格", "text", ("csv",)),
    "text/markdown": Kind("文本", "text", ("md",)),
    "application/zip": Kind("压缩包", "zip", ("zip",)),
    "image/jpeg": Kind("图片", "image", ("jpg", "jpeg")),
    "image/png": Kind("图片", "image", ("png",)),
    "image/gif": Kind("图片", "image", ("gif",)),
    "image/bmp": Kind("图片", "image", ("bmp",)),
    "image/webp": Kind("图片", "image", ("webp",)),
    "image/tiff": Kind("图片", "image", ("tif", "tiff")),
    "image/heic": Kind("图片", "image", ("heic",)),
    "video/mp4": Kind("视频", "video", ("mp4",)),
    "video/quicktime": Kind("视频", "video", ("mov",)),
    "video/x-m4v": Kind("视频", "video", ("m4v",)),
    "video/3gpp": Kind("视频", "video", ("3gp",)),
    "video/x-msvideo": Kind("视频", "video", ("avi",)),
    "video/x-ms-wmv": Kind("视频", "video", ("wmv",)),
    "video/x-matroska": Kind("视频", "video", ("mkv",)),
    "video/webm": Kind("视频", "video", ("webm",)),
    "audio/mpeg": Kind("录音", "audio", ("mp3",)),
    "audio/mp4": Kind("录音", "audio", ("m4a",)),
    "audio/x-wav": Kind("录音", "audio", ("wav",)),
    "audio/amr": Kind("录音", "audio", ("amr",)),
}
DRAWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp", "image/webp", "image/tiff"})
"""The pictures that can be looked into and shown (`evidence.pictures`)."""
_BY_EXTENSION = {extension: kind for kind in KINDS.values() for extension in kind.extensions}
_TEXT_TYPES = {"csv": "text/csv", "md": "text/markdown"}
_LEGACY = ((b"WordDocument", "application/msword"), (b"Workbook", "application/vnd.ms-excel"), (b"Book", "application/vnd.ms-excel"),
           (b"PowerPoint Document", "application/vnd.ms-powerpoint"))  # fmt: skip
_LEGACY_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = ("<!doctype html", "<html", "<script", "<svg", "<?php", "<body", "<iframe", "#!/")
_CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\r\f\x1a")
_CHUNK, _PART = 1024 * 1024, 64 * 1024


def media_type_of(path: Path, name: str, limits: ZipLimits | None = None) -> str:
    """The media type of the bytes at `path`, which somebody calls `name`; or a refusal."""
    extension = extension_of(name)
    if extension and extension not in _BY_EXTENSION:
        raise BadFile(f"不接收 .{extension} 文件：请转换为 PDF、Word、Excel、OFD、图片、视频、录音、文本或 zip 后上传。", name=name)
    found = _guess(path, extension, limits or ZipLimits())
    if found is None:
        raise BadFile("无法识别文件内容，可能已损坏，也可能是不接收的类型：请转换为 PDF、Word、Excel、OFD 或图片后上传。", name=name)
    kind = KINDS[found]
    if extension and _BY_EXTENSION[extension].family != kind.family:
        raise BadFile(f"文件名的扩展名是 .{extension}，内容却是{kind.label}：请改正扩展名或选对文件后重新上传。", name=name)
    return found


def usual_extension(media_type: str) -> str:
    return KINDS[media_type].extensions[0]


def _guess(path: Path, extension: str, limits: ZipLimits) -> str | None:
    with path.open("rb") as source:
        start = source.read(8192)
    # A word list beginning with BM would pass for a bitmap: what is text all through and called so is text.
    called_text = bool(extension) and _BY_EXTENSION[extension].family == "text"
    if called_text and _is_text(path):
        return _TEXT_TYPES.get(extension, "text/plain")
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return media_type_of_zip(path, limits)
    if start.startswith(_LEGACY_MAGIC):
        return _legacy_office(path)
    mime = filetype.guess_mime(start)
    if mime is None and not extension and _is_text(path):
        return "text/plain"
    return mime if mime in KINDS else None


def _legacy_office(path: Path) -> str | None:
    """An old Office file is a small file system; its directory, which may lie anywhere, names what it holds, in UTF-16."""
    found, before = None, b""
    with path.open("rb") as source:
        while piece := source.read(_CHUNK):
            view = before + piece
            if _wide(b"EncryptedPackage") in view:
                raise BadFile("文件设有打开密码，审核人打不开：请去掉密码后重新上传。")
            found = found or next((media_type for word, media_type in _LEGACY if _wide(word) in view), None)
            before = view[-64:]
    return found


def _wide(word: bytes) -> bytes:
    return word.decode("ascii").encode("utf-16-le") + b"\0\0"


def _is_text(path: Path) -> bool:
    """Begins as text in one of the encodings in use, without control characters; markup that a browser would run is refused.

    The beginning only: a gigabyte of text is not read twice, and nothing here is ever shown but as text.
    """
    with path.open("rb") as source:
        opening, whole = source.read(_CHUNK), not source.read(1)
    encodings = ("utf-16",) if opening.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ("utf-8-sig", "gb18030")
    found = next((encoding for encoding in encodings if _reads_as(opening, encoding, whole=whole)), None)
    if found is None:
        return False
    if any(mark in opening[: 4 * 4096].decode(found, "ignore")[:4096].lower() for mark in _MARKUP):
        raise BadFile("这是网页或脚本文件，不接收：请另存为 PDF 后上传。")
    return True


def _reads_as(opening: bytes, encoding: str, *, whole: bool) -> bool:
    """Decoded in parts: the whole as text would take four times its bytes."""
    decoder, view = codecs.getincrementaldecoder(encoding)(), memoryview(opening)
    try:
        parts = (decoder.decode(view[at : at + _PART]) for at in range(0, len(view), _PART))
        return all(_CONTROLS.isdisjoint(part) for part in parts) and _CONTROLS.isdisjoint(decoder.decode(b"", final=whole))
    except UnicodeDecodeError:
        return False
