"""Word files with what real ones have and python-docx does not offer: automatic numbers, text boxes, tracked changes, headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

_W = nsdecls("w")


class WordFile:
    """A document that grows paragraph by paragraph; `save` writes it."""

    def __init__(self) -> None:
        self.document: Any = Document()
        self._lists = 900

    def paragraph(self, text: str, style: str | None = None) -> Any:
        return self.document.add_paragraph(text, style)

    def numbering(self, *levels: tuple[str, str]) -> int:
        """A list with these (format, label) levels, as ("chineseCounting", "%1、"); its id for `numbered`."""
        self._lists += 1
        inner = "".join(
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{fmt}"/><w:lvlText w:val="{text}"/></w:lvl>'
            for depth, (fmt, text) in enumerate(levels)
        )
        root = self.document.part.numbering_part.element
        first = root.find(f"{{{root.nsmap['w']}}}num")
        abstract = parse_xml(f'<w:abstractNum {_W} w:abstractNumId="{self._lists}">{inner}</w:abstractNum>')
        first.addprevious(abstract) if first is not None else root.append(abstract)
        root.append(parse_xml(f'<w:num {_W} w:numId="{self._lists}"><w:abstractNumId w:val="{self._lists}"/></w:num>'))
        return self._lists

    def numbered(self, text: str, number: int, depth: int = 0) -> None:
        properties = self.paragraph(text)._p.get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr {_W}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'))

    def tracked(self, kept: str, inserted: str, deleted: str) -> None:
        mark = 'w:id="1" w:author="审稿人" w:date="2026-05-01T00:00:00Z"'
        paragraph = self.paragraph(kept)._p
        paragraph.append(parse_xml(f"<w:ins {_W} {mark}><w:r><w:t>{inserted}</w:t></w:r></w:ins>"))
        paragraph.append(parse_xml(f"<w:del {_W} {mark}><w:r><w:delText>{deleted}</w:delText></w:r></w:del>"))

    def text_box(self, text: str) -> None:
        shape = 'xmlns:v="urn:schemas-microsoft-com:vml"'
        box = f"<v:shape {shape}><v:textbox><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape>"
        self.paragraph("")._p.append(parse_xml(f"<w:r {_W}><w:pict>{box}</w:pict></w:r>"))

    def header(self, text: str) -> None:
        self.document.sections[0].header.paragraphs[0].text = text

    def table(self, rows: list[list[str]], merges: list[tuple[tuple[int, int], tuple[int, int]]] | None = None) -> None:
        """`merges` are corners (row, column) of merged ranges; the words of a range stand in its first cell."""
        table = self.document.add_table(len(rows), len(rows[0]))
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                table.cell(at, column).text = text
        for start, end in merges or []:
            words = rows[start[0]][start[1]]
            cell = table.cell(*start).merge(table.cell(*end))
            cell.text = words

    def delete_row(self, row: int) -> None:
        """Delete a row of the last table with tracking on."""
        properties = self.document.tables[-1].rows[row]._tr.get_or_add_trPr()
        properties.append(parse_xml(f'<w:del {_W} w:id="9" w:author="审稿人" w:date="2026-05-01T00:00:00Z"/>'))

    def save(self, path: Path) -> Path:
        self.document.save(str(path))
        return path
