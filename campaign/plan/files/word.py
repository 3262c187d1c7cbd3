"""A Word file (.docx) as lines.

Owns the way through mammoth, the one converter that loses neither text boxes nor tracked insertions nor merged cells. The automatic
numbers are written out before (numbering.py), pictures are dropped, and the mark of a 密级 is looked for in headers too.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

from campaign.plan.files.guard import check_size, check_zip, classification, part_text, refuse
from campaign.plan.files.html import lines_of_html
from campaign.plan.files.numbering import W, write_numbers
from campaign.plan.source import SourceText

_DOCUMENT = "word/document.xml"
_DRESS = ("rPr", "bookmarkStart", "bookmarkEnd", "proofErr", "lastRenderedPageBreak", "tblPr", "tcBorders", "tblGrid")
MAX_SLIM = 3_000_000  # a hundred dense pages are 400 kB
_TEXT = re.compile(rb"<w:t(?: [^>]*)?>([^<]*)</w:t>|(</w:p>)")
# Empty paragraphs count as lines, so that the line of a warning is the paragraph in the file.
_OPTIONS: dict[str, Any] = {"ignore_empty_paragraphs": False, "include_embedded_style_map": False, "style_map": "comment-reference =>"}


def read_docx(path: Path) -> SourceText:
    check_size(path)
    try:
        with zipfile.ZipFile(path) as archive:
            check_zip(path, archive)
            names = set(archive.namelist())
            if _DOCUMENT not in names:
                raise refuse(path, "不是 Word 文档，或已损坏；请用 Word 或 WPS 打开后另存为 .docx", "broken")
            _refuse_classified_header(path, archive, names)
            slim = _slimmed(path, archive, names)
    except zipfile.BadZipFile as broken:
        raise refuse(path, "文件已损坏，打不开；请用 Word 或 WPS 修复后另存一份", "broken") from broken
    return lines_of_html(_html(path, slim))


def _slimmed(path: Path, archive: zipfile.ZipFile, names: set[str]) -> io.BytesIO:
    """The file with its numbers written out, without pictures and without the dress of its letters, in memory."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)

    def part(name: str) -> Any:
        return etree.fromstring(part_text(path, archive, name), parser) if name in names else None

    try:
        root = part(_DOCUMENT)
        numbering = part("word/numbering.xml")
        if numbering is not None:
            write_numbers(root, numbering, part("word/styles.xml"))
    except etree.XMLSyntaxError as broken:
        raise refuse(path, "文件已损坏，读不出正文；请用 Word 或 WPS 修复后另存一份", "broken") from broken
    _undress(root)
    document = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    del root
    if len(document) > MAX_SLIM:
        raise refuse(path, "正文太长（约合一千页以上），不像一份方案；请拆成几份后重试", "too_large")
    slim = io.BytesIO()
    with zipfile.ZipFile(slim, "w", zipfile.ZIP_STORED) as copy:
        copy.writestr(_DOCUMENT, document)
        for name in names - {_DOCUMENT}:
            if name.endswith((".xml", ".rels")) and not name.startswith(("word/theme", "docProps", "customXml", "word/comments")):
                copy.writestr(name, part_text(path, archive, name))
    return slim


def _undress(root: Any) -> None:
    """Drop fonts, bookmarks and editing marks: they are most of a real file, no word of the plan, and memory in mammoth."""
    for tag in _DRESS:
        for element in list(root.iter(f"{W}{tag}")):
            parent = element.getparent()
            # The mark of a deleted paragraph end lives in its properties, and joins it to the next.
            if parent is not None and not (tag == "rPr" and parent.tag == f"{W}pPr"):
                parent.remove(element)
    for element in root.iter(f"{W}p", f"{W}r", f"{W}tr"):
        for name in [name for name in element.attrib if "rsid" in name or name.endswith(("paraId", "textId"))]:
            del element.attrib[name]


def _html(path: Path, file: io.BytesIO) -> str:
    import mammoth

    try:
        return str(mammoth.convert_to_html(file, convert_image=lambda image: [], **_OPTIONS).value)
    except RecursionError as deep:
        raise refuse(path, "文档的嵌套层次太深，没有读取；请把内容复制到新文档后重试", "too_deep") from deep
    except Exception as broken:  # whatever a damaged file makes mammoth raise, the answer is the same
        raise refuse(path, "文件已损坏，读不出正文；请用 Word 或 WPS 修复后另存一份", "broken") from broken


def _refuse_classified_header(path: Path, archive: zipfile.ZipFile, names: set[str]) -> None:
    for name in sorted(names):
        if re.fullmatch(r"word/(header|footer)\d*\.xml", name):
            words = b"".join(b"\n" if end else text for text, end in _TEXT.findall(part_text(path, archive, name)))
            level = classification(words.decode("utf-8", "replace").split("\n"))
            if level:
                raise classified(path, level)


def classified(path: Path, level: str) -> Exception:
    return refuse(path, f"文件标有密级「{level}」。涉密文件不得在本系统处理，没有读取；请在涉密计算机上办理，或使用经审批的公开版本", "classified")
