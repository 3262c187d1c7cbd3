"""Numbers of documents: 「创办督〔2026〕12号」, by issuer, 代字 and year, from a counter row and never from a count.

Given when papers are issued, in the transaction that issues them: a draft has none, and two senders never give the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from campaign.records.statements import insert_of, table_of
from campaign.records.tables import Campaign, DocumentCounter, Notice
from campaign.rules.calendar import campaign_day

CODES = {"督办通知书": "督", "通报": "通", "提请问责建议函": "函", "整改通知单": "整", "周报": "报"}
_notice, _campaign, _counter = table_of(Notice), table_of(Campaign), table_of(DocumentCounter)


def give_numbers(tx: Session, papers: Sequence[tuple[int, int, str]], now: datetime) -> dict[int, str]:
    """The next numbers for (notice, campaign, kind), in this order; the counter moves once for each issuer and 代字."""
    if not papers:
        return {}
    year = campaign_day(now).year
    campaigns = select(_campaign.c.id, _campaign.c.settings).where(_campaign.c.id.in_({campaign_id for _, campaign_id, _ in papers}))
    issuers = {row.id: str(row.settings.get("issuer", "创办")) for row in tx.execute(campaigns)}
    groups: dict[tuple[str, str], list[int]] = {}
    for notice_id, campaign_id, kind in papers:
        groups.setdefault((issuers[campaign_id], CODES.get(kind, "字")), []).append(notice_id)
    given: dict[int, str] = {}
    for (issuer, code), ids in sorted(groups.items()):
        counted = insert_of(tx, DocumentCounter).values(issuer=issuer, code=code, year=year, last=len(ids))
        counted = counted.on_conflict_do_update(index_elements=["issuer", "code", "year"], set_={"last": _counter.c.last + len(ids)})
        last = tx.execute(counted.returning(_counter.c.last)).scalar_one()
        given |= {notice_id: f"{issuer}{code}〔{year}〕{last - len(ids) + place}号" for place, notice_id in enumerate(ids, 1)}
    numbered = update(_notice).where(_notice.c.id == bindparam("b_id")).values(number=bindparam("b_number"))
    tx.connection().execute(numbered, [{"b_id": notice_id, "b_number": number} for notice_id, number in given.items()])
    return given


def give_number(tx: Session, notice_id: int, campaign_id: int, kind: str, now: datetime) -> str:
    return give_numbers(tx, [(notice_id, campaign_id, kind)], now)[notice_id]
