"""Plain text and Markdown as lines.

Owns the guess between UTF-8 and GB18030, which is made strictly: nearly every string of bytes is some GB18030, so a file with parts in
both encodings is refused with the line where it changes instead of being read as gibberish. Of Markdown only what a plan uses is taken
off: heading signs, emphasis, tables; the numbers stay, they are the outline.
"""

from __future__ import annotations

import re
from pathlib import Path

from campaign.plan.files.guard import MAX_TEXT, check_size, refuse
from campaign.plan.source import Line, SourceText

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*")
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_QUOTE = re.compile(r"\s*>\s?")
_BULLET = re.compile(r"\s*[-*+]\s+")


def read_text_file(path: Path) -> SourceText:
    return SourceText.from_text(decoded(path))


def decoded(path: Path) -> str:
    check_size(path, MAX_TEXT)
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    if b"\x00" in raw:
        raise refuse(path, "不是文本文件；请检查文件类型，或用 Word、WPS 打开后另存为 .docx", "not_text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    _refuse_mixture(path, raw)
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError as wrong:
        row = raw[: wrong.start].count(b"\n") + 1
        raise refuse(path, f"第 {row} 行既不是 UTF-8 也不是 GB18030 编码；请在编辑器里另存为 UTF-8 后重试", "bad_encoding") from wrong


def _refuse_mixture(path: Path, raw: bytes) -> None:
    good, bad = 0, []
    for number, line in enumerate(raw.split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad.append(number)
    # A short GB18030 line may happen to be UTF-8 too; a fifth of all lines does not.
    if bad and good >= 2 and good * 5 >= good + len(bad):
        raise refuse(path, f"混用了两种编码，第 {bad[0]} 行起与前文不同；请在编辑器里统一另存为 UTF-8 后重试", "mixed_encoding")


def read_markdown(path: Path) -> SourceText:
    lines: list[Line] = []
    table, inside = 0, False
    for line in SourceText.from_text(decoded(path)).lines:
        text = line.text.rstrip()
        if text.lstrip().startswith("|") and text.count("|") >= 2:
            table += not inside
            inside = True
            if not _RULE.fullmatch(text.strip()):
                cells = tuple(_plain(cell.strip()) for cell in text.strip().strip("|").split("|"))
                lines.append(Line(line.number, "\t".join(filter(None, cells)), None, table, cells))
            continue
        inside = False
        if match := _HEADING.fullmatch(text):
            lines.append(Line(line.number, _plain(match[2]), f"Heading {len(match[1])}"))
        else:
            lines.append(Line(line.number, _plain(_BULLET.sub("", _QUOTE.sub("", text, count=1), count=1))))
    return SourceText(tuple(lines))


def _plain(text: str) -> str:
    return _EMPHASIS.sub(r"\2", text)
