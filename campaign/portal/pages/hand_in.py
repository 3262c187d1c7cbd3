"""签收, handing in, and asking for an extension or to be relieved, each a plain form of the duty's page.

Files go to the evidence store first and into the sender's tray; a refusal afterwards loses none of them, they wait on the page.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from campaign.errors import CampaignError
from campaign.portal.pages.duty import own_duty, show_duty
from campaign.portal.typed import needed_day
from campaign.portal.visit import Visit, Visiting
from campaign.records.duty import requests as records
from campaign.records.tables import Duty, Upload
from campaign.rules.sensitive import classification_mark, identity_numbers, is_sensitive_ledger
from campaign.work.duty import requests
from campaign.work.duty.change_duty import acknowledge
from campaign.work.duty.hand_in import KeptFile, attestation, hand_in, may_hand_in

router = APIRouter()


@router.post("/duties/{duty_id}/ack")
def acknowledge_duty(visit: Visiting, duty_id: int) -> Response:
    with visit.place.store.begin() as tx:
        acknowledge(tx, own_duty(visit, tx, duty_id), visit.by())
    return visit.go(f"/duties/{duty_id}", "已签收。")


@router.post("/duties/{duty_id}/submit")
def submit(visit: Visiting, duty_id: int) -> Response:
    try:
        with visit.place.store.read() as tx:
            duty = own_duty(visit, tx, duty_id)
        refusal = may_hand_in(duty)
        if refusal:
            raise CampaignError(f"{refusal}。", code="may_not_hand_in")
        note = _note(visit)
        refuse_sensitive(visit, note)
        _refuse_ledger(duty, visit.files)
        _keep_sent_files(visit, duty_id)
        with visit.place.store.begin() as tx:
            duty = own_duty(visit, tx, duty_id)
            waiting = {row.id: row for row in records.tray(tx, visit.me.account_id, duty_id)}
            dropped = set(visit.lists.get("drop", []))
            taken = [row for key, row in waiting.items() if key not in dropped]
            _refuse_personal(visit, taken)
            files = [KeptFile(row.name, row.sha256, row.size, row.media_type, row.scan, row.taken_on) for row in taken]
            files += [_reused(visit, tx, wanted) for wanted in visit.lists.get("reuse", [])]
            _refuse_ledger(duty, files)
            if not files and not note:
                raise CampaignError("没有要报送的内容：请选择文件，或写明办理情况。", code="nothing_given")
            once = list({one.sha256: one for one in reversed(files)}.values())[::-1]
            version = hand_in(tx, duty, once, visit.by(), note=note)
            records.clear_tray(tx, list(waiting))
            number, done = version.version, duty.state == "accepted"
    except CampaignError as refused:
        if refused.code in ("out_of_reach", "no_duty"):
            raise
        return show_duty(visit, duty_id, refusal=refused.message, status=503 if refused.code in ("busy", "disk_full") else 400)
    twice = f"有 {len(files) - len(once)} 个文件内容相同，只保留一份。" if len(files) > len(once) else ""
    return visit.go(f"/duties/{duty_id}", f"第 {number} 版已收到并保存，{'已办结' if done else '等待审核。审核意见会显示在本页'}。{twice}")


@router.post("/duties/{duty_id}/extension")
def ask_extension(visit: Visiting, duty_id: int) -> Response:
    try:
        wanted = needed_day(visit.form.get("wanted_on", ""), "请选择申请延期到哪一天。")
    except CampaignError as refused:
        return show_duty(visit, duty_id, refusal=refused.message, status=400)
    return _asked(
        visit,
        duty_id,
        lambda tx, duty: requests.ask_extension(tx, duty, wanted, visit.by(visit.form.get("reason", ""))),
        "已提交延期申请。答复之前，原期限不变。",
    )


@router.post("/duties/{duty_id}/refusal")
def ask_refusal(visit: Visiting, duty_id: int) -> Response:
    unit = visit.form.get("suggested_unit", "")
    return _asked(
        visit,
        duty_id,
        lambda tx, duty: requests.ask_refusal(tx, duty, visit.by(visit.form.get("reason", "")), suggested_unit=unit),
        "已提交退单申请。答复之前，仍由本单位负责。",
    )


def _asked(visit: Visit, duty_id: int, ask: Callable[[Session, Duty], object], said: str) -> Response:
    try:
        with visit.place.store.begin() as tx:
            ask(tx, own_duty(visit, tx, duty_id))
    except CampaignError as refused:
        if refused.code in ("out_of_reach", "no_duty"):
            raise
        return show_duty(visit, duty_id, refusal=refused.message, status=400)
    return visit.go(f"/duties/{duty_id}", said)


def _keep_sent_files(visit: Visit, duty_id: int) -> None:
    """Each file on disk before it is named anywhere; those before a bad one stay in the tray."""
    for number, sent in enumerate(visit.files):
        kept = visit.place.evidence.put(sent.file, sent.filename or "")
        with visit.place.store.begin() as tx:
            key = f"{number:03d}-{secrets.token_urlsafe(16)}"
            row = records.put_in_tray(tx, upload_id=key, account_id=visit.me.account_id, duty_id=duty_id, name=kept.name, size=kept.size, at=visit.now)
            records.arrived(tx, row, kept, visit.now)


def _reused(visit: Visit, tx: Session, wanted: str) -> KeptFile:
    submission, _, number = wanted.partition("-")
    found = records.file_with_duty(tx, int(submission), int(number)) if submission.isdecimal() and number.isdecimal() else None
    if found is None:
        raise CampaignError("要复用的材料已不存在，请重新选择。", code="no_file")
    visit.must_reach_unit(found.unit_id, what="这份材料")
    if found.withdrawn_at is not None:
        raise CampaignError(f"「{found.name}」已按规定撤回，不能复用。", code="withdrawn_file")
    return KeptFile(found.name, found.sha256, found.size, found.media_type, found.scan, found.taken_on)


def refuse_sensitive(visit: Visit, note: str) -> None:
    """A mark of a classified paper is never taken; an identity number only when the sender says that it belongs there."""
    written = "\n".join([note, *(sent.filename or "" for sent in visit.files)])
    level = classification_mark(written)
    if level is not None:
        raise CampaignError(f"内容带有密级标志「{level}」：本平台不得上传涉密信息，请按保密规定另行报送。", code="classified")
    numbers = identity_numbers(written)
    if numbers and visit.form.get("personal") != "1":
        shown = "、".join(numbers[:3])
        raise CampaignError(f"内容里有身份证号（{shown}）：请删去。确须保留的，请勾选「确须写明身份证号」后再报送。", code="identity_number")


def _refuse_personal(visit: Visit, files: Sequence[Upload]) -> None:
    """Identity-card numbers were found in the text of these files: the sender looks once more before they go."""
    found = [row for row in files if row.personal]
    if found and visit.form.get("personal") != "1":
        named = "；".join(f"「{row.name}」中有 {row.personal}" for row in found[:3])
        raise CampaignError(
            f"文件里有身份证号：{named}。请去掉该文件、遮盖后重新上传；确须保留的，请勾选「确须写明身份证号」后再报送。", code="identity_number"
        )


def _refuse_ledger(duty: Duty, files: Sequence[object]) -> None:
    """A list of people whom being on it may harm is attested; a file would be the list itself, or a copy of it."""
    if files and is_sensitive_ledger(duty.title):
        raise CampaignError("敏感台账不要上传：请去掉文件，填写「台账已建立、抽查 N 份」即可。", code="sensitive_ledger")


def _note(visit: Visit) -> str:
    """What was typed, below it what is attested of a sensitive ledger, and the figures with the rate that follows from them."""
    note = _typed_figures(visit)
    if not visit.form.get("ledgers") and not visit.form.get("checked"):
        return note
    try:
        kept, checked = int(visit.form.get("ledgers", "")), int(visit.form.get("checked", "") or "0")
    except ValueError as wrong:
        raise CampaignError("台账份数和抽查份数应填整数，如 120 和 20。", code="bad_attestation") from wrong
    return f"{attestation(kept, checked, visit.form.get('checked_by', ''))}\n\n{note}".strip()


def _typed_figures(visit: Visit) -> str:
    note, part, whole = (visit.form.get(name, "") for name in ("note", "part", "whole"))
    if not part and not whole:
        return note
    try:
        above, below = Decimal(part), Decimal(whole)
    except InvalidOperation as wrong:
        raise CampaignError("分子和分母应填数字，如 45 和 50。", code="bad_figures") from wrong
    if below <= 0 or above < 0:
        raise CampaignError("分母应大于 0，分子不能为负数。", code="bad_figures")
    basis = visit.form.get("basis", "")
    figures = f"数据：分子 {part} / 分母 {whole} = {above / below:.1%}" + (f"（口径：{basis}）" if basis else "")
    return f"{note}\n\n{figures}".strip()
