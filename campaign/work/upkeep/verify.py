"""Does everything hold that must always hold? Read from the database and the receivers' logs alone; what breaks is named with its ids.

Owns the order of the rules, those that need arithmetic (working time, hashes, consecutive numbers, keys that arrived), and the sentences.
Refuses to repair, and to ask the engine's rules: the dwell of a rung is read from the stored ladder and counted on the stored calendar here,
so a mistake in `campaign.rules` shows as a violation instead of agreeing with itself.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlmodel import Session

from campaign.records.checking import checks, checks_chain, checks_papers, checks_stored
from campaign.records.log import broken_blocks
from campaign.records.store import Store

NAMED = 20
OPENS, CLOSES = timedelta(hours=9), timedelta(hours=17, minutes=30)
ZONE = timezone(timedelta(hours=8))
NUMBER = re.compile(r"(?P<issuer>.+)〔(?P<year>\d{4})〕(?P<number>\d+)号")
ISSUE = re.compile(r"第(?P<issue>\d+)期（总第(?P<whole>\d+)期）")
TABLES = (
    *(checks.DUTIES, checks.LADDER, checks.HANDED_IN, checks.FINDINGS, checks.PHASES, checks.EVENTS),
    *(checks_papers.PAPERS, checks_chain.CHAINS, checks_chain.SPLITS),
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that does not hold, in words, and the first ids that break it."""

    code: str
    text: str
    ids: tuple[int | str, ...] = ()


def verify(store: Store, *, receivers: Path | None = None) -> list[Violation]:
    """Empty when everything holds. `receivers` is a log of what arrived (a line of JSON with a `key` each), or a folder of such logs."""
    with store.read() as tx:
        found = [told for table in TABLES for check in table if (told := _told(check.code, check.fact, checks.rows_that_break(tx, check)))]
        found += [told for told in (_dwell(tx), _submissions(tx), _plans(tx), _ladders(tx), _numbers(tx)) if told]
        found += [Violation("log_tampered", f"留痕被改动：{broken}") for broken in broken_blocks(tx)]
        if receivers is not None:
            found += _arrivals(tx, receivers)
    return found


def _told(code: str, fact: str, ids: list[Any]) -> Violation | None:
    if not ids:
        return None
    named = "、".join(f"#{one}" for one in ids[:NAMED]) + ("等" if len(ids) > NAMED else "")
    return Violation(code, f"{len(ids)} {fact}（{named}）", tuple(ids[:NAMED]))


def _dwell(tx: Session) -> Violation | None:
    """Each step is at least its dwell in working time behind the delivery of the one before, or the opening."""
    worked = _Worked(checks_stored.worked_days(tx))
    dwells = {(ladder, rung["number"]): rung["dwell"] for ladder, source in checks_stored.ladders(tx) for rung in json.loads(source.text)["rungs"]}
    early = {
        step.duty_id
        for step in checks_papers.steps(tx)
        if step.waited_from is None or worked.between(step.waited_from, step.taken_at) < _span(dwells[step.ladder_id, step.rung])
    }
    return _told("dwell_cut_short", "项应办事项的上一级送达后，没有留足办理时间就升级", sorted(early))


class _Worked:
    """Working time between two moments: whole days from the stored calendar, the office's hours within a day."""

    def __init__(self, days: list[date]) -> None:
        self._days = days

    def between(self, start: datetime, end: datetime) -> timedelta:
        return self._until(end) - self._until(start)

    def _until(self, moment: datetime) -> timedelta:
        local = moment.astimezone(ZONE)
        place = bisect_right(self._days, local.date())
        if not place or self._days[place - 1] != local.date():
            return place * (CLOSES - OPENS)
        since = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
        return (place - 1) * (CLOSES - OPENS) + min(max(since - OPENS, timedelta(0)), CLOSES - OPENS)


def _span(written: str) -> timedelta:
    if written.endswith("wd"):
        return float(written.removesuffix("wd")) * (CLOSES - OPENS)
    return timedelta(hours=float(written.removesuffix("h")))


def _submissions(tx: Session) -> Violation | None:
    wrong = []
    for version in checks_stored.versions(tx):
        listed = "\n".join(sorted(f"{sha}  {name}" for name, sha in version.files))
        if hashlib.sha256(f"{listed}\n\n{version.note}".encode()).hexdigest() != version.sha256:
            wrong.append(version.duty_id)
    return _told("version_altered", "项事项的报送版本与其校验码不符", sorted(set(wrong)))


def _plans(tx: Session) -> Violation | None:
    wrong = [
        plan_id
        for plan_id, sha256, spec in checks_stored.plans(tx)
        if hashlib.sha256(json.dumps(spec, ensure_ascii=False, sort_keys=True).encode()).hexdigest() != sha256
    ]
    return _told("plan_altered", "版方案与其校验码不符", wrong)


def _ladders(tx: Session) -> Violation | None:
    wrong = [ladder for ladder, source in checks_stored.ladders(tx) if hashlib.sha256(source.text.encode()).hexdigest() != source.sha256]
    return _told("ladder_altered", "套督办规则与其校验码不符", wrong)


def _numbers(tx: Session) -> Violation | None:
    """1, 2, 3 … without a gap for each issuer, 代字 and year, up to what the counter says; bulletins by issue, in the year and as a whole.

    A number that a person typed follows no counter, but may fill a place of one.
    """
    given: dict[tuple[str, int], list[int]] = {}
    typed: dict[tuple[str, int], set[int]] = {}
    wrong: list[int | str] = []
    for row in checks_papers.numbers(tx):
        read, issue = NUMBER.fullmatch(row.number), ISSUE.fullmatch(row.number)
        if row.typed:
            if read is not None:
                typed.setdefault((read["issuer"], int(read["year"])), set()).add(int(read["number"]))
        elif issue is not None:
            given.setdefault((f"campaign:{row.campaign_id}{row.kind}", 0), []).append(int(issue["whole"]))
        elif read is not None:
            given.setdefault((read["issuer"], int(read["year"])), []).append(int(read["number"]))
        else:
            wrong.append(row.id)
    counted = {key: last for key, last in checks_papers.counters(tx).items() if not (key[0].startswith("campaign:") and key[1])}
    for key in sorted({*given, *counted}):
        run = _run(counted.get(key, 0))
        if sorted([*given.get(key, []), *(typed.get(key, set()) & set(run))]) != run:
            wrong.append(f"{key[0]}〔{key[1]}〕")
    return _told("numbers_with_gap", "处文号不连续", wrong)


def _run(last: int) -> list[int]:
    return list(range(1, last + 1))


def _arrivals(tx: Session, receivers: Path) -> Iterator[Violation]:
    """Each key once; more often only after an attempt of which nobody knew the end. What is recorded as written to the file is in it."""
    arrived = Counter(_keys(receivers))
    allowed = checks_papers.repeats_allowed(tx)
    lost = sorted(row.id for row in checks_papers.delivered_by(tx, "file") if row.idempotency_key not in arrived)
    told = (
        _told("never_arrived", "次送达记为已写入文件，接收记录里却没有", lost),
        _told("arrived_twice", "次送达被接收方重复收到", sorted(key for key, times in arrived.items() if times > allowed.get(key, times))),
        _told("unknown_arrival", "次送达在数据库里没有记录", sorted(key for key in arrived if key not in allowed)),
    )
    yield from (one for one in told if one)


def _keys(receivers: Path) -> Iterator[str]:
    for path in sorted(receivers.glob("*.jsonl")) if receivers.is_dir() else [receivers]:
        if not path.exists():
            continue
        with path.open("rb") as lines:
            for line in lines:
                try:
                    yield str(json.loads(line)["key"])
                except (ValueError, KeyError, TypeError):
                    continue  # a torn line was never acknowledged
