"""审核: the queue by age, one version with its files in the page, and the verdict: 通过 or 退回补正, one or several at once.

A verdict is given on the version and at the step that was looked at: when either moved on meanwhile, the reviewer is told and nothing is decided.
"""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from campaign.errors import CampaignError, Conflict, NotAllowed, NotFound
from campaign.portal.deciding import may_decide, must_see, reach_of
from campaign.portal.flags import flags_of
from campaign.portal.preview import preview_of
from campaign.portal.visit import Visit, Visiting
from campaign.portal.wording import deadline
from campaign.records.duty import originals, requests, review_chains
from campaign.records.pages import reviewing, todo
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Duty, Submission
from campaign.rules.calendar import yellow_through
from campaign.work.duty.review import review
from campaign.work.duty.review_steps import Receipt

router = APIRouter()
A_PAGE = 20
SHOWN_FILES = 6
REASONS = (
    "缺少说明报告",
    "与测评标准要求不对应",
    "图片模糊或经过压缩",
    "图片有水印",
    "缺少数据或口径说明",
    "份数不足",
    "不在规定的时间段内",
    "未加盖公章或缺少签字",
    "内容与其他单位雷同",
)


@router.get("/review")
def queue(visit: Visiting, page: int = 1) -> Response:
    return _queue(visit, min(max(page, 1), 10_000))


@router.post("/review")
def decide_several(visit: Visiting) -> Response:
    """Each in its own transaction: one that cannot be decided stops none of the others."""
    picked = [one.partition(":") for one in visit.lists.get("version", [])]
    chosen = [(int(number), step) for number, _, step in picked if number.isdecimal()][:100]
    accept, reason = visit.form.get("decision") == "accept", _reason(visit)
    if not chosen:
        return _queue(visit, 1, refusal="请先勾选要处理的材料。")
    if visit.form.get("decision") not in ("accept", "return"):
        return _queue(visit, 1, refusal="请选择「通过」或「退回补正」。")
    if not accept and not reason:
        return _queue(visit, 1, refusal="退回须写明原因：请勾选或填写。")
    done, told = 0, []
    for one, step in chosen:
        try:
            _decide(visit, one, accept=accept, reason=reason, step=step)
            done += 1
        except CampaignError as refused:
            told.append(refused.message)
    said = f"已{'通过' if accept else '退回'} {done} 项。" if done else ""
    if told:
        return _queue(visit, 1, refusal=f"{said}{len(told)} 项没有办成：{'；'.join(told[:3])}")
    return visit.go("/review", said)


@router.get("/review/{submission_id}")
def one_version(visit: Visiting, submission_id: int) -> Response:
    return _version(visit, submission_id)


@router.post("/review/{submission_id}")
@router.post("/review/{submission_id}/verdict")
def decide(visit: Visiting, submission_id: int) -> Response:
    accept, reason = visit.form.get("decision") == "accept", _reason(visit)
    try:
        if visit.form.get("decision") not in ("accept", "return"):
            raise CampaignError("请选择「通过」或「退回补正」。", code="no_decision")
        title = _decide(visit, submission_id, accept=accept, reason=reason, step=visit.form.get("step", ""), receipt=_receipt(visit))
    except CampaignError as refused:
        if refused.code == "out_of_reach":
            raise
        return _version(visit, submission_id, refusal=refused.message)
    with visit.place.store.read() as tx:
        follower = reviewing.next_in_queue(tx, reach_of(visit), submission_id)
    said = f"「{title}」已{'通过' if accept else '退回补正，单位会收到通知'}。"
    return visit.go(f"/review/{follower}" if follower else "/review", said)


def _decide(visit: Visit, submission_id: int, *, accept: bool, reason: str, step: str = "", receipt: Receipt | None = None) -> str:
    with visit.place.store.begin() as tx:
        submission = tx.get(Submission, submission_id)
        if submission is None:
            raise NotFound("没有这份材料，或者不在您的权限范围内。", code="no_version")
        duty = tx.get_one(Duty, submission.duty_id)
        must_see(visit, tx, submission_id, duty.unit_id)
        facts = reviewing.version_facts(tx, submission_id)
        if facts is not None and facts.outcome is None and facts.latest != submission.version:
            raise Conflict(f"「{duty.title}」刚刚报送了第 {facts.latest} 版，您看到的是第 {submission.version} 版：请看新版后再审。", code="newer_version")
        if facts is not None and facts.outcome is not None:
            words = {"accepted": "通过", "returned": "退回补正"}[facts.outcome]
            raise Conflict(f"{facts.given_by} 已对「{duty.title}」第 {submission.version} 版作出「{words}」的意见，没有重复处理。", code="already_decided")
        here = reviewing.open_step(tx, submission_id)
        seen_other_step = here is not None and here.key is not None and step not in ("", here.key)  # told so below, with what was decided
        if here is not None and not seen_other_step and not may_decide(visit, here, duty.unit_id):
            raise NotAllowed(f"「{duty.title}」现在等待「{here.name or '创建办审核'}」，不由您办理。", code="other_step")
        return review(tx, duty, visit.by(), accept=accept, reason=reason, step=step, receipt=receipt).title


def _queue(visit: Visit, page: int, *, refusal: str = "") -> Response:
    with visit.place.store.read() as tx:
        calendar = load_calendar(tx)
        yellow = yellow_through(visit.now, calendar)
        lines = reviewing.queue_lines(tx, reach_of(visit), visit.now, yellow, limit=A_PAGE + 1, offset=(page - 1) * A_PAGE)
    return visit.page(
        "queue.html",
        status=400 if refusal else 200,
        lines=lines[:A_PAGE],
        more=len(lines) > A_PAGE,
        page_number=page,
        refusal=refusal,
        reasons=REASONS,
        deadline=partial(deadline, now=visit.now, calendar=calendar),
        chosen=set(visit.lists.get("version", [])),
        picked=set(visit.lists.get("ready", [])),
        typed=visit.form,
    )


def _version(visit: Visit, submission_id: int, *, refusal: str = "") -> Response:
    with visit.place.store.read() as tx:
        version = reviewing.version_facts(tx, submission_id)
        if version is None:
            raise NotFound("没有这份材料，或者不在您的权限范围内。", code="no_version")
        must_see(visit, tx, submission_id, version.unit_id)
        step = reviewing.open_step(tx, submission_id)
        steps = review_chains.step_lines(tx, [submission_id]).get(submission_id, [])
        calendar = load_calendar(tx)
        facts = todo.duty_facts(tx, version.duty_id, visit.now, yellow_through(visit.now, calendar))
        assert facts is not None
        files = todo.files_of_versions(tx, [submission_id]).get(submission_id, [])
        elsewhere = requests.versions_with(tx, {one.sha256 for one in files}, but=version.duty_id) if files else {}
        target = tx.get_one(Duty, version.duty_id)
        copies, received = originals.asked_copies(tx, target), originals.copies_received(tx, target.id)
        earlier = [one for one in todo.versions_of(tx, version.duty_id) if one.version < version.version]
    flags = flags_of(files, elsewhere, visit.place.evidence, opened_at=version.opened_at, submitted_at=version.submitted_at, asked=facts.asked or "",
                     count=facts._mapping["count"])  # fmt: skip
    if copies is not None:
        flags.setdefault(0, []).append(paper_words(copies, received))
    shown = {one.number: preview_of(one, visit.place.evidence, visit.place.derived) for one in files[:SHOWN_FILES]}
    return visit.page(
        "version.html",
        status=409 if refusal else 200,
        version=version,
        step=step,
        steps=steps,
        may_decide=may_decide(visit, step, version.unit_id),
        duty=facts,
        files=files,
        shown=shown,
        flags=flags,
        earlier=earlier,
        reasons=REASONS,
        refusal=refusal,
        typed=visit.form,
        picked=set(visit.lists.get("ready", [])),
    )


def _receipt(visit: Visit) -> Receipt | None:
    """What the recipient outside gave back; the scan is on disk before anything names it."""
    number = visit.form.get("receipt", "")
    if visit.form.get("decision") != "accept" or not (number or visit.files):
        return None
    if not visit.files:
        return Receipt(number)
    kept = visit.place.evidence.put(visit.files[0].file, visit.files[0].filename or "")
    return Receipt(number, kept.name, kept.sha256, kept.size, kept.media_type)


def paper_words(asked: int, received: int) -> str:
    return f"纸质原件：要求 {asked} 份，已收 {received} 份{f'，还差 {asked - received} 份' if received < asked else ''}。"


def _reason(visit: Visit) -> str:
    """Ready reasons and what was typed, as one text."""
    ready = [one for one in visit.lists.get("ready", []) if one in REASONS]
    return "；".join([*ready, *([visit.form["reason"]] if visit.form.get("reason") else [])])
