"""How the workbooks that we write look: one heading row, wrapped cells, blanks marked, ready to print on A4.

Owns the only use of openpyxl in the plan room. Text is always written as text: a cell that begins with = would be a formula, and a task
is never one.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from campaign.disk import put_whole

_FONT = "宋体"
_THIN = Side(style="thin", color="B7B7B7")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD = PatternFill("solid", fgColor="1F4E79")
_BLANK = PatternFill("solid", fgColor="F8CBAD")
_ASK = PatternFill("solid", fgColor="FFF2CC")
_QUIET = PatternFill("solid", fgColor="EDEDED")
_MAX_CELL = 32_000


class Sheet:
    """One sheet under construction; rows are appended from the top."""

    def __init__(self, sheet: Any, title: str, note: str, columns: Sequence[tuple[str, float]]) -> None:
        self.sheet, self.columns = sheet, columns
        width = len(columns)
        for row, (text, size, bold) in enumerate(((title, 16, True), (note, 10, False)), 1):
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
            cell = sheet.cell(row, 1, _plain(text))
            cell.font = Font(name=_FONT, size=size, bold=bold)
            cell.alignment = Alignment(horizontal="center" if bold else "left", vertical="center", wrap_text=True)
        sheet.row_dimensions[1].height = 28
        sheet.row_dimensions[2].height = 13.5 * _lines(note, sum(wide for _, wide in columns)) + 6
        for column, (name, wide) in enumerate(columns, 1):
            cell = sheet.cell(3, column, name)
            cell.font = Font(name=_FONT, bold=True, color="FFFFFF")
            cell.fill = _HEAD
            cell.border = _BORDER
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            sheet.column_dimensions[get_column_letter(column)].width = wide
        sheet.row_dimensions[3].height = 32
        sheet.freeze_panes = "A4"
        self._page(width)

    def _page(self, width: int) -> None:
        sheet = self.sheet
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_title_rows = "3:3"
        sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
        sheet.page_margins.left = sheet.page_margins.right = 0.3
        sheet.page_margins.top = sheet.page_margins.bottom = 0.5
        sheet.page_margins.header = sheet.page_margins.footer = 0.2

    def row(self, cells: Sequence[str], *, missing: Sequence[str] = (), asked: Sequence[str] = (), quiet: Sequence[str] = ()) -> None:
        """A row; columns named in `missing` are marked as blanks to fill, in `asked` as to be answered, in `quiet` as not to be touched."""
        at = self.sheet.max_row + 1
        # LibreOffice and WPS do not fit the height of a row that a program wrote, so it is worked out here.
        lines = max((_lines(text, width) for (_, width), text in zip(self.columns, cells, strict=True)), default=1)
        self.sheet.row_dimensions[at].height = min(400, 13.5 * lines + 6)
        for column, ((name, _), text) in enumerate(zip(self.columns, cells, strict=True), 1):
            cell = self.sheet.cell(at, column)
            cell.value = _plain(text) or None
            if cell.data_type == "f":
                cell.data_type = "s"
            cell.number_format = "@"
            cell.font = Font(name=_FONT, size=10, color="808080" if name in quiet else "000000")
            cell.border = _BORDER
            cell.alignment = Alignment(vertical="center", wrap_text=True, horizontal="center" if len(text) <= 6 else "left")
            if name in missing:
                cell.fill = _BLANK
            elif name in asked:
                cell.fill = _ASK
            elif name in quiet:
                cell.fill = _QUIET
                cell.protection = Protection(locked=True)

    def choices(self, column: str, options: Sequence[str]) -> None:
        """A drop-down list in all rows of a column."""
        at = get_column_letter([name for name, _ in self.columns].index(column) + 1)
        rule = DataValidation(type="list", formula1='"' + ",".join(options) + '"', allow_blank=True, showErrorMessage=False)
        self.sheet.add_data_validation(rule)
        rule.add(f"{at}4:{at}{max(4, self.sheet.max_row)}")

    def print_without(self, column: str) -> None:
        """Leave the last column off the paper; it is for reading back."""
        assert self.columns[-1][0] == column
        self.sheet.print_area = f"A1:{get_column_letter(len(self.columns) - 1)}{max(3, self.sheet.max_row)}"

    def filters(self) -> None:
        self.sheet.auto_filter.ref = f"A3:{get_column_letter(len(self.columns))}{max(3, self.sheet.max_row)}"


class Book:
    def __init__(self) -> None:
        self.book = Workbook()
        self.book.remove(self.book.active)

    def sheet(self, name: str, title: str, note: str, columns: Sequence[tuple[str, float]]) -> Sheet:
        return Sheet(self.book.create_sheet(self._free_name(name)), title, note, columns)

    def _free_name(self, name: str) -> str:
        """Excel allows 31 letters, none of []:*?/\\, and no name twice."""
        base = "".join(letter for letter in name if letter not in "[]:*?/\\'").strip()[:28] or "表"
        found, count = base, 1
        while found in self.book.sheetnames:
            count += 1
            found = f"{base}{count}"
        return found

    def save(self, path: Path) -> None:
        """Made in memory first: a zip file that meets a full disk complains once more when it is thrown away."""
        made = io.BytesIO()
        self.book.save(made)
        put_whole(path, made.getvalue())


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column; a Chinese letter is as wide as two digits."""
    room = max(2.0, width - 1.5)
    return sum(max(1, math.ceil(sum(1.0 if letter.isascii() else 1.95 for letter in part) / room)) for part in text.split("\n"))


def _plain(text: str) -> str:
    return str(ILLEGAL_CHARACTERS_RE.sub("", text))[:_MAX_CELL]
