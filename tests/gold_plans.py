"""Hand-made annotations of real plans as PlanSpecs: real input for whole-campaign tests. The plans themselves stay outside the project."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from campaign.plan.spec import PlanSpec

FOLDERS = (Path(__file__).parents[2] / "shared" / "plans",)
SPANS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "初": (1, 10), "末": (21, 31)}
PERIODS = {"day": "每[天日]|日报|零报告", "week": "每周|周报", "month": "每月|月报|月测", "quarter": "季", "year": "每年|年度"}


def gold_file(name: str) -> Path | None:
    """The annotation of a plan, or None where the annotated plans do not lie beside the checkout."""
    return next((folder / f"{name}.yaml" for folder in FOLDERS if (folder / f"{name}.yaml").is_file()), None)


def spec_of(path: Path, *, year: int) -> PlanSpec:
    """What a careful person found in a plan, as the plan reader would have given it."""
    gold = yaml.safe_load(path.read_text("utf-8"))
    phases = [_phase(number, row, year) for number, row in enumerate(gold.get("phases") or [], 1)]
    items = [_item(number, row, year) for number, row in enumerate(gold.get("items") or [], 1)]
    return PlanSpec.model_validate(
        {
            "title": gold["title"],
            "kind": gold["kind"],
            "basis": [row["text"] for row in gold.get("references") or []],
            "organisation": _organisation(gold.get("organisation") or {}),
            "phases": phases,
            "items": items,
            "supervision": [{"kind": row["kind"], "text": str(row.get("text") or row.get("evidence") or "")} for row in gold.get("supervision") or []],
        }
    )


def _organisation(gold: dict[str, Any]) -> dict[str, Any]:
    office = gold.get("office") or {}
    people = [{"name": one.get("name"), "position": one.get("position")} for one in _listed(gold.get("head"))]
    groups = [{"name": one["name"], "lead_unit": one.get("lead_unit")} for one in gold.get("groups") or []]
    return {"name": gold.get("name"), "head": people, "office": {"name": office["name"]} if office.get("name") else None, "groups": groups}


def _phase(number: int, gold: dict[str, Any], year: int) -> dict[str, Any]:
    shift = int(gold.get("year_offset") or 0)
    tasks = [_item(f"p{number}.{count}", row, year) for count, row in enumerate(gold.get("tasks") or [], 1)]
    return {
        "key": f"p{number}", "name": gold["name"], "kind": gold["canonical"], "start": _day(gold.get("start"), year + shift, last=False),
        "end": _day(gold.get("end"), year + shift, last=True), "tasks": tasks,
    }  # fmt: skip


def _item(number: object, gold: dict[str, Any], year: int) -> dict[str, Any]:
    title = str(gold.get("title") or gold.get("text"))
    lead = _listed(gold.get("lead_unit"))
    row: dict[str, Any] = {
        "key": f"i{number}", "number": str(gold.get("no") or number), "title": title[:120], "text": str(gold.get("anchor") or title),
        "lead_unit": lead[0] if lead else None, "responsible_units": [*lead[1:], *map(str, _listed(gold.get("responsible_units")))],
        "supporting_units": [str(one) for one in _listed(gold.get("supporting_units"))], "recipient": gold.get("submit_to"),
        "deadline": _day(gold.get("deadline"), year, last=True), "materials": [{"name": str(one)} for one in _listed(gold.get("materials"))],
    }  # fmt: skip
    every = next((kind for kind, words in PERIODS.items() if re.search(words, str(gold.get("recurring") or ""))), None)
    if every:
        row["recurrence"] = {"every": every, "text": str(gold["recurring"])}
    return row


def _listed(value: object) -> list[Any]:
    if value in (None, "", [], {}):
        return []
    return list(value) if isinstance(value, Iterable) and not isinstance(value, (str, dict)) else [value]


def _day(value: object, year: int, *, last: bool) -> str | None:
    """`YYYY-10` is the first of October as a start, its last day as an end."""
    found = re.match(r"(YYYY|\d{4})(?:\+(\d))?-(\d{1,2})(?:-(\d{1,2}|上旬|中旬|下旬|初|末))?", str(value or ""))
    if found is None:
        return None
    of = (year if found[1] == "YYYY" else int(found[1])) + int(found[2] or 0)
    month, end = int(found[3]), calendar.monthrange(of, int(found[3]))[1]
    first, final = SPANS.get(found[4], (1, end)) if not (found[4] or "").isdigit() else (int(found[4]), int(found[4]))
    return f"{of:04}-{month:02}-{min(final if last else first, end):02}"
