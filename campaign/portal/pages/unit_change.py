"""One unit: what it still owes, and what a reform does to it: a new name, a merger, an end, a part given away. Looked at before it is done.

The look is the real thing on a store that undoes it, so that the list on the page is what will happen. What carries out a reform is imported by the
first one: they come every few years.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from campaign.errors import CampaignError
from campaign.portal.sent import kept_aside
from campaign.portal.visit import Visit, Visiting
from campaign.records.campaigns import need_unit
from campaign.records.pages.office import unit_names
from campaign.records.tables import Unit
from campaign.records.trial import trial_of

if TYPE_CHECKING:
    from campaign.work.people.hand_over import HandedOver

router = APIRouter()
SHOWN = 100
DONE = {"merge": "已并入", "abolish": "已撤销", "split": "的一部分事项已划出"}


@router.get("/units/{code}")
def unit(visit: Visiting, code: str) -> Response:
    return _page(visit, code)


@router.get("/units/{code}/heirs.csv")
def heirs_table(visit: Visiting, code: str) -> Response:
    """To be filled in: who goes on with which duty."""
    from campaign.work.people.heirs_file import open_work, write_table

    with visit.place.store.read() as tx:
        found = need_unit(tx, code)
        rows, name = open_work(tx, found), found.name
    with TemporaryDirectory(prefix="campaign-heirs-") as folder:
        path = Path(folder) / "heirs.csv"
        write_table(path, rows)
        content = path.read_bytes()
    return Response(content, media_type="text/csv", headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(f'{name}承接分派表.csv')}"})


@router.post("/units/{code}/change")
def change(visit: Visiting, code: str) -> Response:
    from campaign.work.people.roll_change import rename_unit

    what, only_look = visit.form.get("what", ""), visit.form.get("step") == "look"
    try:
        if what == "rename":
            with visit.place.store.begin() as tx:
                found = need_unit(tx, code)
                rename_unit(tx, found, visit.form.get("name", ""), visit.by(visit.form.get("reason", "")))
                return visit.go(f"/units/{found.code}", f"已更名为「{found.name}」，旧名仍然找得到，已发出的文书保留旧名。")
        if what not in DONE:
            raise CampaignError("请选择怎样调整。", code="no_choice")
        if not only_look and not visit.form.get("reason", "").strip():
            raise CampaignError("请写明理由。", code="no_reason")
        with ExitStack() as ends:
            table = ends.enter_context(kept_aside(visit.files[0], "承接表.csv")) if visit.files else None
            store = ends.enter_context(trial_of(visit.place.store)) if only_look else visit.place.store
            with store.begin() as tx:
                found = need_unit(tx, code)
                name, (done, into) = found.name, _carry_out(visit, tx, found, what, table)
    except CampaignError as refused:
        return _page(visit, code, refusal=refused.message)
    if only_look:
        return _page(visit, code, done=done)
    words = (
        f"「{name}」{DONE[what]}{f'「{into}」' if what == 'merge' else ''}：转移事项 {done.moved} 项，取消重复的 {done.cancelled} 项，定期事项 {done.series} 个"
    )
    return visit.go("/units", f"{words}，转入人员 {len(done.persons)} 人、账号 {len(done.logins)} 个。")


def _carry_out(visit: Visit, tx: Session, found: Unit, what: str, table: Path | None) -> tuple[HandedOver, str]:
    from campaign.work.people.hand_over import Heirs
    from campaign.work.people.heirs_file import read_heirs
    from campaign.work.people.roll_change import abolish_unit, merge_units, split_unit

    by, wanted = visit.by(visit.form.get("reason", "")), visit.form.get("heir", "")
    heir = need_unit(tx, wanted) if wanted else None
    if what == "merge":
        if heir is None:
            raise CampaignError("请填写并入哪个单位。", code="no_heir")
        return merge_units(tx, found, heir, by), heir.name
    if what == "split" and table is None:
        raise CampaignError("请上传填好的承接分派表。", code="no_table")
    heirs = read_heirs(tx, table, found, heir if what == "abolish" else None) if table else Heirs(rest=heir)
    return (abolish_unit if what == "abolish" else split_unit)(tx, found, heirs, by), heir.name if heir else ""


def _page(visit: Visit, code: str, *, refusal: str = "", done: HandedOver | None = None) -> Response:
    from campaign.work.people.heirs_file import open_work

    with visit.place.store.read() as tx:
        found = need_unit(tx, code)
        work = open_work(tx, found)
        others = [one.name for one in unit_names(tx, visit.form.get("heir", "")) if one.name != found.name]
    return visit.page(
        "unit.html",
        status=400 if refusal else 200,
        unit=found,
        others=others,
        work=work[:SHOWN],
        more=max(0, len(work) - SHOWN),
        moves=done.moves[:SHOWN] if done else [],
        done=done,
        typed=visit.form,
        refusal=refusal,
    )
