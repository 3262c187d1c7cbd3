"""承接分派表: a table that names for each open duty (and each recurring series) of a unit who goes on with it; written to be filled in, and read.

Owns its columns and its complaints, all at once with their lines. Refuses a row about work that is not the unit's, and a unit nobody knows.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session

from campaign.disk import put_whole
from campaign.records.campaigns import find_unit
from campaign.records.people import merging
from campaign.records.tables import DutyState, Unit
from campaign.rules.calendar import due_on
from campaign.work.people.hand_over import Heirs
from campaign.work.people.roll_file import cells_of, refuse

COLUMNS = ("编号", "事项", "活动", "状态", "期限", "承接单位")
_NUMBER = re.compile(r"[#S]?\d+", re.IGNORECASE)


def open_work(tx: Session, unit: Unit) -> list[tuple[str, ...]]:
    """Rows of the table, its last column blank."""
    duties, series = merging.unfinished_duties(tx, unit, only_look=True), merging.growing_of(tx, unit)
    titles = merging.titles_of(tx, {one.campaign_id for one in duties} | {one.campaign_id for one in series})
    rows: list[tuple[str, ...]] = [
        (str(one.id), one.title, titles[one.campaign_id], DutyState(one.state).label, due_on(one.due_at).isoformat() if one.due_at else "未定", "")
        for one in duties
        if one.notice_id is None  # a paper's 签收 goes with what the paper lists
    ]
    return rows + [(f"S{one.id}", f"{one.title}（今后各期）", titles[one.campaign_id], "定期", one.ends_on.isoformat(), "") for one in series]


def write_table(path: Path, rows: Sequence[Sequence[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([COLUMNS, *rows])
    put_whole(path, out.getvalue().encode("utf-8-sig"))


def read_heirs(tx: Session, path: Path, unit: Unit, rest: Unit | None) -> Heirs:
    """Raises with every complaint when a single row is wrong; a row without a successor is left to `rest`."""
    cells = list(cells_of(path))
    at = next((place for place, (_, row) in enumerate(cells[:10]) if {"编号", "承接单位"} <= {cell.strip() for cell in row}), None)
    if at is None:
        refuse(path, ["没有「编号」和「承接单位」这两列：可用 campaign units abolish 单位 --make-table 生成"])
        return Heirs(rest=rest)
    heading = [cell.strip() for cell in cells[at][1]]
    number_at, heir_at = heading.index("编号"), heading.index("承接单位")
    duties = {one.id for one in merging.unfinished_duties(tx, unit)}
    series = {one.id for one in merging.growing_of(tx, unit)}
    by_duty: dict[int, Unit] = {}
    by_series: dict[int, Unit] = {}
    wrong: list[str] = []
    for line, row in cells[at + 1 :]:
        number, name = (row[place].strip() if place < len(row) else "" for place in (number_at, heir_at))
        if not name:
            continue
        heir = find_unit(tx, name)
        is_series = number[:1] in ("S", "s")
        plain = int(re.sub(r"\D", "", number)) if _NUMBER.fullmatch(number) else 0
        if plain not in (series if is_series else duties):
            wrong.append(f"第 {line} 行 「{unit.name}」没有编号为「{number}」的未办结事项")
        elif heir is None:
            wrong.append(f"第 {line} 行 没有单位「{name}」：请先用 campaign units import 登记")
        elif plain in (by_series if is_series else by_duty):
            wrong.append(f"第 {line} 行 「{number}」写了两次")
        else:
            (by_series if is_series else by_duty)[plain] = heir
    refuse(path, wrong, "没有转移任何事项")
    return Heirs(by_duty, by_series, rest)
