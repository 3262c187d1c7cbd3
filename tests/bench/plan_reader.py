"""How fast and how right the plan reader is: python -m tests.bench.plan_reader GOLD_DIR [--year 2026].

Prints the processor time of each plan, the growth with the length (1×, 10×, 100×), and the share of the dates and units that were stated without
`needs_confirmation` and are wrong. GOLD_DIR holds pairs NAME.txt and NAME.yaml. A stated value is wrong if the annotation neither says
nor allows it (`*_implied`, `other_units`, `participants`, `deadline_inherited`); items that the annotation does not know are skipped.
"""

from __future__ import annotations

import argparse
import re
import time
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from campaign.plan.normal import squeezed
from campaign.plan.reader import read_plan
from campaign.plan.source import SourceText
from campaign.plan.spec import Item, PlanSpec

_UNITS = ("lead_unit", "responsible_units", "supporting_units", "lead_unit_implied", "responsible_units_implied", "other_units", "participants")
_SPAN = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "初": (1, 10), "末": (21, 31)}
Row = dict[str, Any]


@dataclass
class Count:
    stated: int = 0
    wrong: int = 0

    def add(self, right: bool, what: str) -> None:
        self.stated += 1
        if not right:
            self.wrong += 1
            print(f"    wrong: {what}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--year", type=int, default=2026)
    asked = parser.parse_args()
    texts = {path.stem: path.read_text("utf-8") for path in sorted(asked.gold.glob("*.txt"))}
    _time(texts, asked.year)
    dates, units = Count(), Count()
    for name, text in texts.items():
        gold = yaml.safe_load((asked.gold / f"{name}.yaml").read_text("utf-8"))
        spec = read_plan(SourceText.from_text(text), year=asked.year)
        print(name)
        _dates(gold, spec, asked.year, dates)
        _units(gold, spec, units)
    for label, count in (("dates", dates), ("units", units), ("both", Count(dates.stated + units.stated, dates.wrong + units.wrong))):
        print(f"{label:6} stated {count.stated:4}  wrong {count.wrong:3}  {100 * count.wrong / max(1, count.stated):.1f} %")


def _time(texts: dict[str, str], year: int) -> None:
    read_plan(SourceText.from_text(next(iter(texts.values()))), year=year)
    spent = {}
    for name, text in texts.items():
        begun = time.process_time()
        read_plan(SourceText.from_text(text), year=year)
        spent[name] = time.process_time() - begun
    worst = max(spent, key=lambda name: spent[name])
    print(f"{len(spent)} plans {sum(spent.values()):.3f} s, worst {worst} {1000 * spent[worst]:.1f} ms")
    longest = max(texts.values(), key=len)
    for times in (1, 10, 100):
        begun = time.process_time()
        read_plan(SourceText.from_text("\n".join([longest] * times)), year=year)
        print(f"{times:4}× {len(longest) * times:8} characters {time.process_time() - begun:.3f} s")


def _dates(gold: Row, spec: PlanSpec, year: int, count: Count) -> None:
    known = {_key(p["name"]): p for p in gold.get("phases") or []}
    for phase in spec.phases:
        row = known.get(_key(phase.name))
        shift = int(row.get("year_offset") or 0) if row else 0
        for edge, last in (("start", False), ("end", True)):
            stated = getattr(phase, edge)
            if stated:
                count.add(bool(row) and stated == _day(row.get(edge) if row else None, year + shift, last=last), f"{phase.name} {edge} {stated}")
    for item, row in _pairs(gold, spec):
        if item.deadline:
            allowed = [row.get("deadline"), *_listed(row.get("deadline_alt")), row.get("deadline_inherited"), row.get("deadline_implied")]
            count.add(item.deadline[:10] in {_day(v, year, last=True) for v in allowed}, f"{item.title[:16]} {item.deadline}")


def _units(gold: Row, spec: PlanSpec, count: Count) -> None:
    for item, row in _pairs(gold, spec):
        allowed = [_unit(str(v)) for key in _UNITS for v in _listed(row.get(key))]
        for name in [*_listed(item.lead_unit), *item.responsible_units, *item.supporting_units]:
            said = _unit(str(name))
            count.add(any(said == a or said.endswith(a) or a.endswith(said) for a in allowed), f"{item.title[:16]} {name}")


def _pairs(gold: Row, spec: PlanSpec) -> list[tuple[Item, Row]]:
    left = list(gold.get("items") or [])
    found = []
    for item in spec.items:
        text = squeezed(item.text)[:90]
        row = next((r for r in left if (anchor := squeezed(str(r.get("anchor") or ""))[:12]) and anchor in text), None)
        if row is not None:
            left.remove(row)
            found.append((item, row))
    return found


def _day(value: object, year: int, *, last: bool) -> str | None:
    found = re.match(r"(?:YYYY|(\d{4}))(?:\+(\d))?-(\d{1,2})(?:-(\d{1,2}|上旬|中旬|下旬|初|末))?", str(value or ""))
    if not found:
        return None
    of = int(found.group(1) or year) + int(found.group(2) or 0)
    month, day = int(found.group(3)), found.group(4)
    first, final = (int(day), int(day)) if day and day.isdigit() else _SPAN.get(day or "", (1, 31))
    return date(of, month, min(final if last else first, monthrange(of, month)[1])).isoformat()


def _key(name: str) -> str:
    return squeezed(re.sub(r"^[(]?[一二三四五六七八九十\d]+[)、.]", "", name)).replace("阶段", "")


def _unit(name: str) -> str:
    return re.sub(r"^(?:各级|各|全体|所有|每个|本|我)(?=..)", "", squeezed(name))


def _listed(value: object) -> list[object]:
    return [] if value in (None, "") else list(value) if isinstance(value, list | tuple) else [value]


if __name__ == "__main__":
    main()
