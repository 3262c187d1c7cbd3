"""A workbook (.xlsx, .xls, .et) as table rows.

Owns how cells become text: a date is written as a day, a whole number without its point, and a merged range stands in each of its cells.
Every sheet is one table. Hidden sheets are read too.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from campaign.plan.files.guard import MAX_LINES, check_size, check_zip, refuse
from campaign.plan.source import Line, SourceText
from campaign.plan.tables import find_heading

MAX_COLUMNS = 300
SHEET_STYLE = "sheet"
_PLAIN_NAME = re.compile(r"(?:sheet|工作表|表)\s*\d*", re.IGNORECASE)


def read_workbook(path: Path) -> SourceText:
    lines: list[Line] = []
    for table, (name, rows) in enumerate(read_sheets(path).items(), 1):
        lines += _lines(rows, name, table, len(lines))
        if len(lines) > MAX_LINES:
            raise refuse(path, f"超过 {MAX_LINES} 行，不像任务分解表；请只保留任务分解表后重试", "too_large")
    if not lines:
        raise refuse(path, "工作簿是空的，没有一行内容", "empty_file")
    return SourceText(tuple(lines))


def read_sheets(path: Path) -> dict[str, list[tuple[str, ...]]]:
    """The rows of each sheet that has words in it, by the sheet's name."""
    import python_calamine as calamine

    check_size(path)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            check_zip(path, archive)
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError as locked:
        raise refuse(path, "文件已加密；请去掉打开密码后另存一份", "encrypted") from locked
    except (calamine.CalamineError, OSError, ValueError) as broken:
        raise refuse(path, "工作簿已损坏或不是工作簿，打不开；请用 Excel 或 WPS 打开后另存一份", "broken") from broken
    sheets: dict[str, list[tuple[str, ...]]] = {}
    for name in book.sheet_names:
        try:
            rows = _rows(path, book.get_sheet_by_name(name))
        except calamine.WorksheetNotFound:
            continue  # a chart sheet
        except calamine.CalamineError as broken:
            raise refuse(path, f"工作表「{name}」已损坏；请用 Excel 或 WPS 打开后另存一份", "broken") from broken
        if any(any(row) for row in rows):
            sheets[name] = rows
    return sheets


def _lines(rows: list[tuple[str, ...]], name: str, table: int, before: int) -> Iterator[Line]:
    """What stands above the heading (the title) as plain lines, the rest as rows; a sheet without a title is titled by its name."""
    found = find_heading([Line(at, "", None, table, row) for at, row in enumerate(rows, 1)])
    above = found.row if found.columns else 0
    if not any(any(row) for row in rows[:above]) and not _PLAIN_NAME.fullmatch(name):
        yield Line(before + 1, name, SHEET_STYLE)
        before += 1
    for at, row in enumerate(rows):
        yield Line(before + at + 1, "\t".join(_distinct(row)), None, None if at < above else table, None if at < above else row)


def _rows(path: Path, sheet: Any) -> list[tuple[str, ...]]:
    if sheet.total_height > MAX_LINES or sheet.total_width > MAX_COLUMNS:
        raise refuse(path, f"工作表「{sheet.name}」有 {sheet.total_height} 行 {sheet.total_width} 列，不像任务分解表；请删去多余的行列后重试", "too_large")
    cells = [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if top >= len(cells) or left >= len(cells[top]):
            continue
        value = cells[top][left]
        for row in range(top, min(bottom, len(cells) - 1) + 1):
            for column in range(left, min(right, len(cells[row]) - 1) + 1):
                cells[row][column] = value
    return [tuple(row) for row in cells]


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()


def _distinct(row: tuple[str, ...]) -> list[str]:
    """The words of a row once: a title merged over eight columns is one title."""
    return [text.replace("\n", " ") for place, text in enumerate(row) if text and (place == 0 or row[place - 1] != text)]
