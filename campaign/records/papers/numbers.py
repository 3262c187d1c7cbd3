"""Numbers of documents: 「东文创办督〔2026〕12号」 by issuer, 代字 and year, and 「第12期(总第40期)」 for bulletins, from counter rows and never from a count.

Given when papers are issued, in the transaction that issues them: a draft has none, and two senders never give the same. A number once given
stays with its paper, also when that is withdrawn. A number that a person typed follows no counter; the counter goes past one that is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, text, update
from sqlmodel import Session

from campaign.errors import CampaignError, Conflict
from campaign.records.papers.letterhead import letterheads
from campaign.records.statements import among, table_of
from campaign.records.tables import Notice, TypedNumber, Unit
from campaign.records.tables.notices import BY_ISSUE
from campaign.rules.calendar import campaign_day
from campaign.rules.papers import BULLETINS, code_of

LONGEST = 60
WHOLE_TIME = 0
"""The counter's year for 总第n期."""
_notice, _unit = table_of(Notice), table_of(Unit)
_ADDRESSED = select(_notice.c.id, _unit.c.name, _unit.c.kind, _unit.c.external).join(_unit, _unit.c.id == _notice.c.unit_id).where(among(_notice.c.id))
_NUMBER = update(_notice).where(_notice.c.id == bindparam("b_id")).values(number=bindparam("b_number"))
_COUNT_ON = text("""
    INSERT INTO document_counter (issuer, code, year, last) VALUES (:issuer, :code, :year, :by)
    ON CONFLICT (issuer, code, year) DO UPDATE SET last = document_counter.last + excluded.last RETURNING last""")
# Said of what kinds, though no bulletin has such a number: so the index of numbers is seen to fit.
_TAKEN = select(_notice.c.number).where(_notice.c.number.in_(bindparam("b_numbers", expanding=True)), text(f"kind NOT IN ({BY_ISSUE})"))


def give_numbers(tx: Session, papers: Sequence[tuple[int, int, str]], now: datetime) -> dict[int, str]:
    """The next numbers for (notice, campaign, kind), in this order; the counter moves once for each issuer and 代字."""
    if not papers:
        return {}
    year = campaign_day(now).year
    heads = letterheads(tx, (campaign_id for _, campaign_id, _ in papers))
    units = {row.id: row for row in tx.execute(_ADDRESSED, {"b_ids": [notice_id for notice_id, _, _ in papers]}).all()}
    groups: dict[tuple[str, str], list[int]] = {}
    given: dict[int, str] = {}
    for notice_id, campaign_id, kind in papers:
        head, unit = heads[campaign_id], units[notice_id]
        if kind in BULLETINS:
            given[notice_id] = _next_issue(tx, campaign_id, kind, year)
            continue
        code = code_of(kind, head.relation(unit.name, unit.kind, external=unit.external))
        if code is not None:
            groups.setdefault((head.issuer, code), []).append(notice_id)
    for (issuer, code), ids in sorted(groups.items()):
        given |= dict(zip(ids, _next_numbers(tx, issuer, code, year, len(ids)), strict=True))
    if given:
        tx.connection().execute(_NUMBER, [{"b_id": notice_id, "b_number": number} for notice_id, number in given.items()])
    return given


def give_number(tx: Session, notice_id: int, campaign_id: int, kind: str, now: datetime) -> str | None:
    """None for a kind that carries no number."""
    return give_numbers(tx, [(notice_id, campaign_id, kind)], now).get(notice_id)


def type_number(tx: Session, notice: Notice, number: str, by: str, now: datetime) -> str:
    """The number that the document office gave."""
    number = " ".join(number.split())
    if not number or len(number) > LONGEST:
        raise CampaignError(f"文号应有 1 到 {LONGEST} 个字。", code="bad_number")
    other = tx.execute(select(_notice.c.id, _notice.c.state).where(_notice.c.number == number, _notice.c.id != notice.id).limit(1)).first()
    if other is not None:
        voided = "（已撤回，文号作废不再使用）" if other.state == "withdrawn" else ""
        raise Conflict(f"文号「{number}」已用于文书 {other.id}{voided}：请核对后另填。", code="number_taken", notice=other.id)
    assert notice.id is not None
    notice.number = number
    tx.add(notice)
    tx.add(TypedNumber(notice_id=notice.id, given_by=by, given_at=now))
    tx.flush()
    return number


def _next_numbers(tx: Session, issuer: str, code: str, year: int, count: int) -> list[str]:
    found: list[str] = []
    while len(found) < count:
        wanted = count - len(found)
        last = _count_on(tx, issuer, code, year, wanted)
        texts = [f"{issuer}{code}〔{year}〕{number}号" for number in range(last - wanted + 1, last + 1)]
        taken = set(tx.execute(_TAKEN, {"b_numbers": texts}).scalars())
        found += [text for text in texts if text not in taken]
    return found


def _next_issue(tx: Session, campaign_id: int, kind: str, year: int) -> str:
    issuer = f"campaign:{campaign_id}"
    return f"第{_count_on(tx, issuer, kind, year, 1)}期（总第{_count_on(tx, issuer, kind, WHOLE_TIME, 1)}期）"


def _count_on(tx: Session, issuer: str, code: str, year: int, by: int) -> int:
    return int(tx.execute(_COUNT_ON, {"issuer": issuer, "code": code, "year": year, "by": by}).scalar_one())
