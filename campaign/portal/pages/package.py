"""迎检资料包: what is there by item, what is missing, building, sealing and checking it by `campaign package` in a child process, and taking it away.

A draft lives in its errand's folder and goes with it after a week; a sealed package stays in the data folder, under its number. Refuses to
put a package together within a request, and to send one that is not what was recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response, StreamingResponse

from campaign.errors import CampaignError, NotFound
from campaign.evidence.names import clean_part
from campaign.evidence.zipped import zipped
from campaign.portal.errand_pages import attached, progress_of, waiting_page
from campaign.portal.visit import Visit, Visiting
from campaign.records.campaigns import find_campaign
from campaign.records.pages import packing
from campaign.records.tables import Campaign, PackageRecord
from campaign.work.upkeep.errands import Errand, Stand

router = APIRouter()
BUILD, FREEZE, VERIFY = "package", "freeze", "verify"
FOLDER = "迎检资料"
A_PAGE, FAULTS_SHOWN = 50, 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking found; `faults` empty is whole."""

    at: datetime
    faults: list[str]


@dataclass(frozen=True, slots=True)
class Package:
    """A draft (its key is its errand's id) or a sealed one (its number)."""

    key: str
    made_at: datetime
    made_by: str
    sha256: str
    missing: int
    folder: Path
    number: int | None
    files: int | None
    verdict: Verdict | None

    @property
    def is_there(self) -> bool:
        return self.folder.is_dir()


@router.get("/campaigns/{slug}/package")
def package(visit: Visiting, slug: str, item: int | None = None, page: int = 1) -> Response:
    return _page(visit, slug, item=item, page=min(max(page, 1), 10_000))


@router.post("/campaigns/{slug}/package")
def build(visit: Visiting, slug: str) -> Response:
    """A draft, to be looked at before it is sealed."""
    campaign = _campaign(visit, slug)

    def words(folder: Path) -> list[str]:
        return ["package", "build", campaign.slug, f"--out={folder / FOLDER}", *_who(visit), "--json"]

    _send(visit, BUILD, campaign, words, {})
    return visit.go(f"/campaigns/{slug}/package")


@router.post("/campaigns/{slug}/package/freeze")
def freeze(visit: Visiting, slug: str) -> Response:
    campaign, reason = _campaign(visit, slug), visit.form.get("reason", "")
    if not reason:
        return _page(visit, slug, refusal="请写明封存的理由，如「迎检定稿」。")

    def words(folder: Path) -> list[str]:
        return ["package", "freeze", campaign.slug, f"--reason={reason[:200]}", *_who(visit), "--json"]

    _send(visit, FREEZE, campaign, words, {"reason": reason[:200]})
    return visit.go(f"/campaigns/{slug}/package")


@router.post("/campaigns/{slug}/package/verify")
def verify(visit: Visiting, slug: str) -> Response:
    campaign = _campaign(visit, slug)
    chosen = _found(visit, campaign, visit.form.get("which", ""))

    def words(folder: Path) -> list[str]:
        return ["package", "verify", str(chosen.folder), f"--sha256={chosen.sha256}", "--json"]

    _send(visit, VERIFY, campaign, words, {"which": chosen.key})
    return visit.go(f"/campaigns/{slug}/package")


@router.get("/campaigns/{slug}/package/{which}.zip")
def download(visit: Visiting, slug: str, which: str) -> Response:
    """Streamed from the folder as it lies there."""
    campaign = _campaign(visit, slug)
    chosen = _found(visit, campaign, which)
    name = f"{campaign.title} {FOLDER}{f'（第 {chosen.number} 号）' if chosen.number else '（草稿）'}"
    return StreamingResponse(zipped(chosen.folder, chosen.sha256, clean_part(name, 80)), media_type="application/zip", headers=attached(f"{name}.zip"))


def _page(visit: Visit, slug: str, *, item: int | None = None, page: int = 1, refusal: str = "") -> Response:
    errands = [one for one in visit.place.errands.all(about=slug) if one.kind in (BUILD, FREEZE, VERIFY)]
    with visit.place.store.read() as tx:
        campaign = find_campaign(tx, slug)
        lines = visit.counted(tx, (BUILD, campaign.id), lambda tx: packing.item_lines(tx, campaign.id))
        missing = packing.missing_lines(tx, campaign.id, folders=[one.key for one in lines], item=item, limit=A_PAGE + 1, offset=(page - 1) * A_PAGE)
        packages = _packages(tx, campaign, errands)
    latest = errands[0] if errands else None
    answer = visit.page(
        "package.html",
        status=400 if refusal else 200,
        campaign=campaign,
        lines=lines,
        owed=sum(one.owed for one in lines),
        done=sum(one.done for one in lines),
        missing_total=sum(one.missing for one in lines),
        missing=missing[:A_PAGE],
        more=len(missing) > A_PAGE,
        page_number=page,
        item=next((one for one in lines if one.key == item), None),
        packages=packages,
        latest=progress_of(visit, latest) if latest else None,
        faults_shown=FAULTS_SHOWN,
        refusal=refusal,
        typed=visit.form,
        at_work=any(not one.is_over for one in errands),
    )
    return waiting_page(answer, *errands)


def _packages(tx: Session, campaign: Campaign, errands: Iterable[Errand]) -> list[Package]:
    """Sealed and drafts, the newest first."""
    verdicts = _verdicts(errands)
    sealed = [_sealed(one, verdicts) for one in packing.packages_of(tx, campaign.id)]
    drafts = [_draft(one, verdicts) for one in errands if one.kind == BUILD and one.stand is Stand.DONE]
    return sorted([*sealed, *drafts], key=lambda one: one.made_at, reverse=True)


def _sealed(row: PackageRecord, verdicts: dict[str, Verdict]) -> Package:
    key = str(row.number)
    return Package(key, row.frozen_at, row.frozen_by, row.sha256, row.missing, Path(row.folder), row.number, None, verdicts.get(key))


def _draft(errand: Errand, verdicts: dict[str, Verdict]) -> Package:
    made = errand.result()
    place = errand.folder / FOLDER
    return Package(errand.id, errand.asked_at, errand.asked_by, made["sha256"], made["missing"], place, None, made["files"], verdicts.get(errand.id))


def _verdicts(errands: Iterable[Errand]) -> dict[str, Verdict]:
    """The newest of each package."""
    found: dict[str, Verdict] = {}
    for one in errands:
        if one.kind == VERIFY and one.stand is Stand.DONE:
            found.setdefault(one.facts["which"], Verdict(one.ended_at or one.asked_at, one.result()["faults"]))
    return found


def _found(visit: Visit, campaign: Campaign, which: str) -> Package:
    errands = visit.place.errands.all(BUILD, campaign.slug)
    with visit.place.store.read() as tx:
        packages = _packages(tx, campaign, errands)
    chosen = next((one for one in packages if one.key == which), None)
    if chosen is None:
        raise NotFound("没有这个资料包，或者草稿已满 7 天被清理：请重新生成。", code="no_package")
    if not chosen.is_there:
        raise NotFound("资料包已不在这台服务器上：请管理员查看，或重新生成。", code="no_package")
    return chosen


def _campaign(visit: Visit, slug: str) -> Campaign:
    with visit.place.store.read() as tx:
        return find_campaign(tx, slug)


def _who(visit: Visit) -> list[str]:
    return [f"--as={visit.me.name}", f"--now={visit.now.isoformat()}", f"--data={visit.place.home}"]


def _send(visit: Visit, kind: str, campaign: Campaign, words: Any, facts: dict[str, Any]) -> Errand:
    if campaign.id is None:
        raise CampaignError("没有这个创建活动。", code="no_campaign")
    return visit.place.errands.send(kind, campaign.slug, words, by=visit.me.name, now=visit.now, facts={"title": campaign.title, **facts})
