"""收件登记: paper originals that are handed over at the office, and scans for the registers of outside signatories.

Owns when a paper counts as handed in: when as many copies have come as were asked for. Fewer are noted and still owed. The version that is
made of it names who handed it over, so whoever took it in may review it. Sending the same form twice is one receipt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict
from campaign.records.duty import originals, submissions
from campaign.records.duty.duties import lock
from campaign.records.log import write_event
from campaign.records.tables import Duty, DutyState, Signatory
from campaign.rules.calendar import campaign_day
from campaign.work.by import By
from campaign.work.duty.hand_in import KeptFile, hand_in, may_hand_in

MOST_COPIES = 500


@dataclass(frozen=True, slots=True)
class Received:
    copies: int
    asked: int | None
    version: int | None
    again: bool = False

    @property
    def missing(self) -> int:
        return max((self.asked or 1) - self.copies, 0)


def receive_originals(
    tx: Session, duty: Duty, by: By, *, key: str, copies: int, received_on: date, handed_by: str, scans: Sequence[KeptFile] = (), note: str = ""
) -> Received:
    """Note one handing over; when the copies are complete, the duty is handed in with it."""
    lock(tx, duty)
    if not 1 <= copies <= MOST_COPIES:
        raise CampaignError(f"份数应为 1 到 {MOST_COPIES} 的整数。", code="bad_copies")
    if not handed_by.strip():
        raise CampaignError("请填写送件人姓名。", code="no_name")
    if received_on > campaign_day(by.now):
        raise CampaignError("收件日期不能晚于今天。", code="bad_day")
    refusal = may_hand_in(duty)
    if refusal and duty.state != DutyState.ACCEPTED:
        raise Conflict(f"{refusal}（#{duty.id}「{duty.title}」）。", code="may_not_hand_in", duty=duty.id)
    before = submissions.latest(tx, duty)
    if not originals.note_receipt(
        tx, duty_id=duty.id, key=key, copies=copies, received_on=received_on, handed_by=handed_by.strip()[:60], received_by=by.actor, noted_at=by.now,
        note=note.strip()[:500], version=None,
    ):  # fmt: skip
        return Received(originals.copies_received(tx, duty.id), originals.asked_copies(tx, duty), before.version if before else None, again=True)
    total, asked = originals.copies_received(tx, duty.id), originals.asked_copies(tx, duty)
    version = None
    if refusal is None and total >= (asked or 1) and (scans or duty.state != DutyState.SUBMITTED):
        words = f"收到纸质原件 {total} 份，{received_on} 由 {handed_by.strip()} 送交，{by.actor} 收件。{note.strip()}"
        hander = By(f"{handed_by.strip()[:40]}（送交原件）", by.now, by.reason)
        version = hand_in(tx, duty, list(scans), hander, note=words, on_paper=True).version
        originals.receipts_of(tx, duty.id)[-1].version = version
    write_event(tx, at=by.now, actor=by.actor, verb="receive_paper", reason=by.reason, campaign_id=duty.campaign_id, subject="duty", subject_id=duty.id,
                detail={"copies": copies, "total": total, "handed_by": handed_by.strip()[:60], "scans": len(scans)})  # fmt: skip
    return Received(total, asked, version)


def attach_scan(tx: Session, signatory: Signatory, file: KeptFile, signed_on: date, by: By) -> None:
    """The signed paper of one signatory; a later scan takes the place of an earlier one, whose bytes stay in the evidence."""
    if signed_on > campaign_day(by.now):
        raise CampaignError("签订日期不能晚于今天。", code="bad_day")
    submissions.keep_files(tx, [file], by.now)
    signatory.signed_on, signatory.sha256, signatory.file_name = signed_on, file.sha256, file.name[:255]
    tx.add(signatory)
    tx.flush()
    write_event(tx, at=by.now, actor=by.actor, verb="sign_register", reason=by.reason, campaign_id=signatory.campaign_id, subject="signatory",
                subject_id=signatory.id, detail={"register": signatory.register_name, "name": signatory.name, "sha256": file.sha256})  # fmt: skip
