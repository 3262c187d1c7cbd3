"""Withdrawing a file that must go (classified, an identity card, a child): one person asks with a reason, another agrees.

What is decided here is the record: the file's tombstone. The bytes are removed by the caller once this is committed, and at the portal's
next start if the machine stopped between the two.
"""

from __future__ import annotations

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict, NotAllowed, NotFound
from campaign.records.duty import requests
from campaign.records.log import write_event
from campaign.records.tables import FileWithdrawal, StoredFile
from campaign.work.by import By


def ask(tx: Session, sha256: str, by: By) -> FileWithdrawal:
    file = tx.get(StoredFile, sha256)
    if file is None:
        raise NotFound("没有这个文件。", code="no_file")
    if file.withdrawn_at is not None:
        raise Conflict("这个文件已经撤回。", code="already_withdrawn")
    if not by.reason.strip():
        raise CampaignError("申请撤回文件须写明理由，如：误传涉密内容、身份证照片、未成年人信息。", code="no_reason")
    known = requests.open_withdrawal(tx, sha256)
    if known is not None:
        raise Conflict(f"{known.asked_by} 已申请撤回这个文件，正等待第二人确认。", code="already_asked")
    asked = FileWithdrawal(sha256=sha256, reason=by.reason.strip(), asked_by=by.actor, asked_at=by.now)
    tx.add(asked)
    tx.flush()
    write_event(tx, at=by.now, actor=by.actor, verb="ask_withdrawal", reason=by.reason, subject="file", subject_id=asked.id, detail={"sha256": sha256})
    return asked


def decide(tx: Session, asked: FileWithdrawal, by: By, *, agree: bool) -> None:
    if asked.state != "open":
        raise Conflict(f"{asked.decided_by} 已处理这项撤回申请，没有重复办理。", code="already_decided")
    if asked.asked_by == by.actor:
        raise NotAllowed("撤回文件须由两个人办理：申请人不能自己确认。", code="same_person")
    asked.state, asked.decided_by, asked.decided_at, asked.decision = ("done" if agree else "refused"), by.actor, by.now, by.reason.strip()[:500]
    tx.add(asked)
    tx.flush()
    if agree:
        requests.mark_withdrawn(tx, asked.sha256, by.now, asked.reason)
    verb = "withdraw_file" if agree else "refuse_withdrawal"
    write_event(
        tx, at=by.now, actor=by.actor, verb=verb, reason=by.reason or asked.reason, subject="file", subject_id=asked.id, detail={"sha256": asked.sha256}
    )
