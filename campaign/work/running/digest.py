"""日报: one message a working day to an office's people instead of one for each thing: what was escalated since the last, what waits for a
signature, what did not arrive, what was asked and what nobody signed for.

An office of several campaigns gets one for all of them. A day on which there is nothing to tell is skipped; so a digest is never empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlmodel import Session

from campaign.records.log import write_event
from campaign.records.papers import digests, receipts
from campaign.records.papers.outbox import write_notice
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Campaign
from campaign.rules.calendar import CAMPAIGN_ZONE, campaign_day, due_on
from campaign.work.by import By

TOLD_AT = time(16, 30)
LISTED = 10
REQUESTS = {"extend": "申请延期", "refuse": "申请退单"}


def next_digest_at(tx: Session, campaign: Campaign, now: datetime) -> datetime:
    """Half past four of this working day, or of the next."""
    calendar, today = load_calendar(tx, campaign.calendar), campaign_day(now)
    at = datetime.combine(today, TOLD_AT, CAMPAIGN_ZONE)
    return at if at > now and calendar.is_working(today) else datetime.combine(calendar.add_working_days(today, 1), TOLD_AT, CAMPAIGN_ZONE)


@dataclass(frozen=True, slots=True)
class Digest:
    """What an office is told: of which campaigns, and the text."""

    campaigns: tuple[str, ...]
    told_by: int
    text: str


def compile_digest(tx: Session, campaign_ids: Sequence[int], now: datetime) -> Digest | None:
    """The digest of an office for these campaigns, as a paper of the first that is live; None where nothing happened. Reads only."""
    campaigns = [tx.get_one(Campaign, campaign_id) for campaign_id in campaign_ids]
    told = [(campaign, lines) for campaign in campaigns if (lines := _told(tx, campaign, now))]
    if not told:
        return None
    parts = []
    for campaign, lines in told:
        late, soon = digests.overdue_counts(tx, campaign.id, now)
        counts = f"目前逾期 {late} 项，三日内到期 {soon} 项。"
        parts.append("\n".join([counts, *lines] if len(told) == 1 else [f"## {campaign.title}", counts, *(line.replace("## ", "### ", 1) for line in lines)]))
    first = next((campaign for campaign, _ in told if campaign.live_at is not None), told[0][0])
    return Digest(tuple(one.slug for one, _ in told), first.id, "\n\n".join(parts))


def keep_digest(tx: Session, campaign_ids: Sequence[int], digest: Digest | None, by: By) -> None:
    """Put it into the outbox, and set when the next is due, also where there was nothing to tell."""
    for campaign_id in campaign_ids:
        campaign = tx.get_one(Campaign, campaign_id)
        campaign.next_digest_at = next_digest_at(tx, campaign, by.now)
        tx.add(campaign)
    tx.flush()
    if digest is None:
        return
    first = tx.get_one(Campaign, digest.told_by)
    write_notice(
        tx, campaign_id=first.id, unit_id=first.office_unit_id, kind=digests.KIND, title=f"{first.title} 日报 {campaign_day(by.now)}", body=digest.text,
        now=by.now, audience="office,contact,handler",
    )  # fmt: skip
    write_event(tx, at=by.now, actor=by.actor, verb="digest", reason=by.reason, campaign_id=first.id, detail={"campaigns": list(digest.campaigns)})


def _told(tx: Session, campaign: Campaign, now: datetime) -> list[str]:
    """The lines of one campaign; empty when there is nothing that the office need know or do."""
    since = digests.told_until(tx, campaign)
    counts, named = digests.escalated(tx, campaign.id, since, limit=LISTED)
    lines: list[str] = []
    if counts:
        lines += ["## 督办升级", "、".join(f"{row.name} {row.count} 项" for row in counts) + "。"]
        lines += [f"- {row.rung}：{row.unit}，{row.title}" for row in named]
    sections = (
        ("待签发文书", [f"{row.kind}（编号 {row.id}）：{row.unit}，{_day(row.created_at)}拟稿" for row in digests.to_sign(tx, campaign.id, limit=LISTED + 1)]),
        ("未能送达、须人工送达", [f"{row.title}，{_until(row.due_at)}" for row in digests.to_carry(tx, campaign.id, limit=LISTED + 1)]),
        ("待答复的申请", [
            f"{'（新）' if row.new else ''}{row.unit}{REQUESTS.get(row.kind, row.kind)}：{row.title}（{row.asked_by}）"
            for row in digests.asked(tx, campaign.id, since, limit=LISTED + 1)
        ]),
        ("逾期未签收的文书", _unsigned(tx, campaign.id, now)),
    )  # fmt: skip
    for title, rows in sections:
        if rows:
            lines += [f"## {title}", *(f"- {row}" for row in rows[:LISTED])] + (["- 其余见工作台。"] if len(rows) > LISTED else [])
    stuck = digests.parked(tx, campaign.id)
    if stuck:
        lines += ["## 待处理", f"有 {stuck} 项因数据异常没有办理，请运维人员查看。"]
    return lines


def _unsigned(tx: Session, campaign_id: int, now: datetime) -> list[str]:
    """One line a unit."""
    found: dict[str, list[str]] = {}
    for row in receipts.unsigned_for(tx, campaign_id, limit=10 * LISTED):
        if row.due_at is not None and row.due_at <= now:
            found.setdefault(row.unit, []).append(row.title.removeprefix("签收"))
    return [f"{unit}（{len(titles)} 件）：{'、'.join(titles)}" for unit, titles in found.items()]


def _day(at: datetime) -> str:
    day = campaign_day(at)
    return f"{day.month}月{day.day}日"


def _until(due_at: datetime | None) -> str:
    return f"限{due_on(due_at).month}月{due_on(due_at).day}日前" if due_at else "尽快"
