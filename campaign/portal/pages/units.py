"""单位人员: the register with who cannot be reached, in from a table and out to one."""

from __future__ import annotations

import io

from fastapi import APIRouter
from starlette.responses import Response

from campaign.errors import CampaignError
from campaign.portal.sent import kept_aside
from campaign.portal.visit import Visit, Visiting
from campaign.records.people.rolls import UnitLine, list_units
from campaign.rules.calendar import campaign_day
from campaign.work.people.roll_file import read_roll
from campaign.work.people.roll_import import import_roll

router = APIRouter()
A_PAGE = 50
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("单位名称", "编号", "类别", "上级单位", "别名", "岗位", "姓名", "手机", "邮箱", "账号")


@router.get("/units")
def units(visit: Visiting, show: str = "all", page: int = 1) -> Response:
    return _page(visit, show, min(max(page, 1), 10_000))


@router.get("/units.xlsx")
def export(visit: Visiting) -> Response:
    """One row a person, in the columns that the import reads, so that a changed table can come back."""
    from openpyxl import Workbook

    with visit.place.store.read() as tx:
        rows = list_units(tx, campaign_day(visit.now))
    book = Workbook(write_only=True)
    sheet = book.create_sheet("单位名册")
    sheet.append(HEADINGS)
    for row in rows:
        for one in row.persons or ({},):
            sheet.append(
                [
                    _text(value)
                    for value in (
                        row.name,
                        row.code,
                        row.kind,
                        row.parent,
                        "、".join(row.aliases),
                        one.get("post"),
                        one.get("name"),
                        one.get("phone"),
                        one.get("email"),
                        one.get("account"),
                    )
                ]
            )
    out = io.BytesIO()
    book.save(out)
    headers = {"content-disposition": "attachment; filename*=UTF-8''%E5%8D%95%E4%BD%8D%E5%90%8D%E5%86%8C.xlsx"}
    return Response(out.getvalue(), media_type=SHEET, headers=headers)


@router.post("/units/import")
def import_table(visit: Visiting) -> Response:
    """All of it or nothing, with every complaint by its line."""
    if not visit.files:
        return _page(visit, "all", 1, refusal="请选择要导入的表格。")
    try:
        with kept_aside(visit.files[0], "名册.xlsx") as path:
            rows = read_roll(path)
            with visit.place.store.begin() as tx:
                done = import_roll(tx, rows, visit.by(visit.form.get("reason", "")), path=path)
    except CampaignError as refused:
        return _page(visit, "all", 1, refusal=refused.message)
    return visit.go(
        "/units", f"已导入 {done.units} 个单位、{done.persons} 人：新建 {len(done.created)} 个单位，到任 {len(done.joined)} 人，离任 {len(done.left)} 人。"
    )


def _page(visit: Visit, show: str, page: int, *, refusal: str = "") -> Response:
    with visit.place.store.read() as tx:
        rows = list_units(tx, campaign_day(visit.now))
    unreachable = [row for row in rows if not row.reachable]
    chosen: list[UnitLine] = unreachable if show == "unreachable" else rows
    start = (page - 1) * A_PAGE
    return visit.page(
        "units.html",
        status=400 if refusal else 200,
        rows=chosen[start : start + A_PAGE],
        more=len(chosen) > start + A_PAGE,
        page_number=page,
        show=show,
        total=len(rows),
        unreachable=len(unreachable),
        refusal=refusal,
    )


def _text(value: object) -> str:
    """A cell that begins like a formula would be run by the reader's Excel."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
