"""签收: a paper that demands it is signed for within its own time, apart from the time of what it lists, and climbs a short ladder of its own.

The clock starts with the delivery and becomes a duty of the unit (`ack:notice:17`). Whoever signs for it in the portal, on the command line or
on paper ends it; so does handing in what the paper lists, for nobody does work that he has not been told of. A paper that was carried to the
unit and signed for asks for nothing more. Where the unit was merged or abolished while the paper was on its way, whoever goes on with it is
asked. Which ladder is chosen per campaign under the word `receipt`; without a choice no 签收 is demanded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict
from campaign.records.duty import many
from campaign.records.duty.duties import DutyDraft, create_duties
from campaign.records.log import write_events
from campaign.records.papers import receipts
from campaign.records.papers.letterhead import letterheads
from campaign.records.people.merging import goes_on_as
from campaign.records.planning.calendars import load_calendar
from campaign.records.planning.ladders import receipt_ladder
from campaign.records.tables import Campaign, DutyKind, DutyState, Notice
from campaign.rules.calendar import campaign_day, due_at_of_day
from campaign.rules.papers import RECEIPTED, form_for
from campaign.work.by import By

DAYS = 1


def ask_for_receipts(tx: Session, notice_ids: Collection[int], by: By) -> int:
    """A duty for each delivered paper that demands 签收; asking again makes nothing twice."""
    if not notice_ids:
        return 0
    receipts.keep_units(tx, notice_ids, RECEIPTED)
    asking = receipts.asking(tx, notice_ids, RECEIPTED)
    if not asking:
        return 0
    signers = _signers(tx, asking)
    heads = letterheads(tx, {row.campaign_id for row in asking})
    phases = receipts.first_phases(tx, [row.id for row in asking])
    drafts = []
    for row in asking:
        ladder_id = receipt_ladder(tx, row.campaign_id)
        form = form_for(row.kind, heads[row.campaign_id].relation(row.name, row.unit_kind, external=row.external))
        signer = signers.get(row.id)
        if ladder_id is None or form not in RECEIPTED or row.id not in phases or signer is None or signer == row.office_unit_id:
            continue
        campaign = tx.get_one(Campaign, row.campaign_id)
        days = int(campaign.settings.get("receipt_days", DAYS))
        drafts.append(DutyDraft(
            campaign_id=row.campaign_id, phase_id=phases[row.id], unit_id=signer, kind=DutyKind.PERFORM, origin=f"{receipts.ORIGIN}{row.id}",
            title=_title(row, moved=signer != row.unit_id), ladder_id=ladder_id, required=False, notice_id=row.id, due_source="own",
            due_at=due_at_of_day(load_calendar(tx, campaign.calendar).add_working_days(campaign_day(by.now), days)),
        ))  # fmt: skip
    created = create_duties(tx, drafts, by.now)
    if created:
        papers = Counter(draft.campaign_id for draft in drafts)
        write_events(tx, [
            {"at": by.now, "actor": by.actor, "verb": "ask_for_receipt", "reason": by.reason, "campaign_id": campaign_id, "subject": None, "subject_id": None,
             "detail": {"papers": count}}
            for campaign_id, count in sorted(papers.items())
        ])  # fmt: skip
    return len(created)


def _signers(tx: Session, asking: Sequence[Any]) -> dict[int, int]:
    """Paper → the unit that signs for it. Of an abolished unit, whoever has the most of what the paper lists; nobody, when nothing of it is left."""
    over = {row.id: row.unit_id for row in asking if row.unit_state != "active"}
    heirs = goes_on_as(tx, set(over.values())) if over else {}
    owners = receipts.owners_of_lines(tx, over) if over else {}
    found = {row.id: row.unit_id for row in asking if row.id not in over}
    return found | {paper: heir for paper, unit_id in over.items() if (heir := heirs.get(unit_id, owners.get(paper))) is not None}


def _title(row: Any, *, moved: bool) -> str:
    """A successor is told whose paper it was."""
    number = f"（{row.number}）" if row.number else ""
    return f"签收《{row.kind}》{number}" + (f"（原发{row.name}）" if moved else "")


def sign_for(tx: Session, notice: Notice, by: By, *, on_paper: str = "") -> bool:
    """签收 of one paper; `on_paper` is who signed the slip. False when nobody is asked for it (any more)."""
    if notice.state not in ("issued", "delivered"):
        raise Conflict(f"文书 {notice.id} 还没有发出或已撤回，不能签收。", code="not_issued", notice=notice.id)
    if len(on_paper) > 60:
        raise CampaignError("签收人姓名太长（最多 60 字）。", code="bad_name")
    assert notice.id is not None
    asked = receipts.receipts_of(tx, [notice.id])
    if not asked:
        return False
    _end(tx, [(one.id, notice.id, one.campaign_id) for one in asked], by, who=on_paper.strip() or by.actor, way="纸质签收" if on_paper.strip() else "")
    for one in asked:
        tx.expire(one)
    return True


def sign_for_many(tx: Session, duty_ids: Sequence[int], by: By) -> None:
    """签收 of those of these that are still open."""
    _end(tx, receipts.open_among(tx, duty_ids), by, who=by.actor, way="")


def shown_by_work(tx: Session, duty_ids: Sequence[int], by: By) -> None:
    """Who hands in what a paper lists, or signs for one item of it, has the paper."""
    _end(tx, receipts.shown_by_work(tx, duty_ids), by, who=by.actor, way="以办理代签收")


def drop_receipts(tx: Session, notice: Notice, by: By) -> None:
    """A paper that was withdrawn need not be signed for."""
    assert notice.id is not None
    ids = [one.id for one in receipts.receipts_of(tx, [notice.id])]
    many.finish_many(tx, ids, DutyState.CANCELLED, by.now, "文书已撤回")


def refuse_unfit(tx: Session, notice: Notice) -> None:
    """For whoever asks by the paper's number: nothing to sign for is said, not done in silence."""
    assert notice.id is not None
    if not receipts.receipts_of(tx, [notice.id]):
        raise Conflict(f"文书 {notice.id} 不要求签收，或已经签收。", code="nothing_to_sign_for", notice=notice.id)


def _end(tx: Session, asked: Sequence[tuple[int, int, int]], by: By, *, who: str, way: str) -> None:
    if not asked:
        return
    ids = [duty_id for duty_id, _, _ in asked]
    receipts.mark_signed_for(tx, ids, who, by.now)
    many.finish_many(tx, ids, DutyState.ACCEPTED, by.now, way or None)
    write_events(tx, [
        {"at": by.now, "actor": by.actor, "verb": "receipt", "reason": by.reason or way, "campaign_id": campaign_id, "subject": "notice",
         "subject_id": notice_id, "detail": {"by": who, "duty": duty_id}}
        for duty_id, notice_id, campaign_id in asked
    ])  # fmt: skip
