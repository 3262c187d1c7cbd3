"""Registers of outside signatories (门前三包 and the like), read from a table: who is to sign, at which address, and who has.

A row that is there already is not entered twice; a day of signing is taken over, and never taken back. Refuses the whole file when a row of it
cannot be, and names each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session

from campaign.errors import CampaignError
from campaign.records.campaigns import find_unit
from campaign.records.duty import originals
from campaign.records.log import write_event
from campaign.records.tables import Campaign
from campaign.rules.calendar import campaign_day
from campaign.work.by import By
from campaign.work.people.roll_file import cells_of, refuse

COLUMNS = {"登记簿": "register", "单位": "unit", "名称": "name", "地址": "address", "签订日期": "signed_on"}


@dataclass(frozen=True, slots=True)
class Entered:
    new: int
    signed: int
    known: int


def import_register(tx: Session, campaign: Campaign, path: Path, by: By, *, unit_ids: Collection[int] | None = None) -> Entered:
    """`unit_ids` are the units that the sender may enter for; None for all."""
    wrong: list[str] = []
    rows: dict[tuple[str, int, str, str], dict[str, Any]] = {}
    units: dict[str, int | None] = {}
    for number, row in _rows(path):
        if not row["name"] and not row["unit"]:
            continue
        if row["unit"] not in units:
            found = find_unit(tx, row["unit"]) if row["unit"] else None
            units[row["unit"]] = found.id if found and (unit_ids is None or found.id in unit_ids) else None
        unit_id, signed_on = units[row["unit"]], _day(row["signed_on"])
        if unit_id is None:
            wrong.append(f"第 {number} 行 没有单位「{row['unit']}」，或者不在您的权限范围内")
        elif not row["name"]:
            wrong.append(f"第 {number} 行 缺少名称")
        elif signed_on is False or (isinstance(signed_on, date) and signed_on > campaign_day(by.now)):
            wrong.append(f"第 {number} 行 签订日期「{row['signed_on']}」写法不对或晚于今天，应如 2026-05-12")
        else:
            key = (row["register"][:40] or "门前三包", unit_id, row["name"][:120], row["address"][:200])
            rows[key] = {"signed_on": signed_on or rows.get(key, {}).get("signed_on")}
    refuse(path, wrong)
    return _enter(tx, campaign, rows, by)


def _enter(tx: Session, campaign: Campaign, rows: dict[tuple[str, int, str, str], dict[str, Any]], by: By) -> Entered:
    known = originals.known_signatories(tx, campaign.id)
    new = originals.enter_signatories(tx, [
        {"campaign_id": campaign.id, "register_name": key[0], "unit_id": key[1], "name": key[2], "address": key[3], "signed_on": row["signed_on"],
         "file_name": "", "entered_by": by.actor, "entered_at": by.now}
        for key, row in rows.items() if key not in known
    ])  # fmt: skip
    signed = 0
    for key, row in rows.items():
        one = known.get(key)
        if one is not None and one.signed_on is None and row["signed_on"] is not None:
            one.signed_on = row["signed_on"]
            tx.add(one)
            signed += 1
    done = Entered(new, signed, sum(key in known for key in rows))
    write_event(tx, at=by.now, actor=by.actor, verb="import_register", reason=by.reason, campaign_id=campaign.id,
                detail={"new": done.new, "signed": done.signed, "known": done.known})  # fmt: skip
    return done


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and cells by column; the heading may stand below a title."""
    cells = list(cells_of(path))
    heads = (({COLUMNS[word]: place for place, cell in enumerate(row) if (word := cell.strip()) in COLUMNS}, at) for at, (_, row) in enumerate(cells[:10], 1))
    places, below = next(((found, at) for found, at in heads if {"unit", "name"} <= found.keys()), ({}, 0))
    if not places:
        raise CampaignError(f"{path.name} 里没有表头，列名为：{'、'.join(COLUMNS)}；其中「单位」「名称」必须有。", code="bad_register")
    for line, row in cells[below:]:
        yield line, {name: row[places[name]].strip() if name in places and places[name] < len(row) else "" for name in COLUMNS.values()}


def _day(text: str) -> date | bool | None:
    """None where nothing is written; False where it is no day."""
    if not text:
        return None
    plain = text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-")
    try:
        year, month, day = (int(part) for part in plain.split("-"))
        return date(year, month, day)
    except ValueError:
        return False
