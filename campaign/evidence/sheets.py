"""Excel workbooks whose bytes depend on their contents only, and whose cells hold text and nothing else.

Owns two repairs of what openpyxl writes: the moment of saving, which would make each package different, and cells that begin with
= + - @, which a spreadsheet would compute. Such text stays text, also after somebody edits the cell.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font

CELL_LENGTH = 32_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_SAVED_AT = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`printed` columns go on paper; those behind them are for programs."""

    title: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[str | int]]
    printed: int


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """Ready to print: A4 across, one page wide, headings repeated and frozen."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write(book, sheet)
    made = BytesIO()
    book.save(made)
    return _timeless(made)


def _write(book: Any, sheet: Sheet) -> None:
    page = book.create_sheet(sheet.title[:31])
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for number, (_, width) in enumerate(sheet.columns):
        page.column_dimensions[_letter(number)].width = width
    heading, plain, quoted = _styled(page, font=Font(bold=True)), _styled(page), _styled(page, quoted=True)
    page.append([_cell(page, name, heading, heading) for name, _ in sheet.columns])
    last = 1
    for row in sheet.rows:
        last += 1
        page.append([_cell(page, value, plain, quoted) for value in row])
    page.print_area = f"A1:{_letter(sheet.printed - 1)}{last}"


def _letter(number: int) -> str:
    return chr(ord("A") + number)


def _styled(page: Any, *, font: Font | None = None, quoted: bool = False) -> Any:
    cell = WriteOnlyCell(page)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if font is not None:
        cell.font = font
    if quoted:
        cell.quotePrefix = True
        cell.number_format = "@"
    return cell


def _cell(page: Any, value: str | int, plain: Any, quoted: Any) -> Any:
    """A cell in the style of another. The style is taken over whole: setting it anew for each of 100,000 cells takes half a minute."""
    if isinstance(value, int):
        cell = WriteOnlyCell(page, value=value)
        cell._style = plain._style
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:CELL_LENGTH]
    cell = WriteOnlyCell(page, value=text)
    cell.data_type = "s"
    cell._style = quoted._style if text.startswith(_FORMULA_STARTS) else plain._style
    return cell


def _timeless(made: BytesIO) -> bytes:
    """The same archive with every moment set to the beginning of zip's own calendar."""
    steady = BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(steady, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _SAVED_AT.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return steady.getvalue()
