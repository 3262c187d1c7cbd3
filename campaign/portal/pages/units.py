"""单位人员: the register with who cannot be reached, in from a table and out to one."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from starlette.responses import Response

from campaign.errors import CampaignError
from campaign.portal.sent import kept_aside
from campaign.portal.visit import Visit, Visiting
from campaign.records.people.rolls import UnitLine, count_units, list_units, page_of_units
from campaign.rules.calendar import campaign_day
from campaign.work.people.roll_file import post_words, read_roll, said_aliases

router = APIRouter()
A_PAGE = 50
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    ("单位名称", 26),
    ("编号", 10),
    ("类别", 12),
    ("上级单位", 20),
    ("别名", 20),
    ("外部单位", 8),
    ("岗位", 14),
    ("职务", 14),
    ("姓名", 12),
    ("手机", 15),
    ("邮箱", 24),
    ("账号", 14),
)


@router.get("/units")
def units(visit: Visiting, show: str = "all", page: int = 1) -> Response:
    return _page(visit, show, min(max(page, 1), 10_000))


@router.get("/units.xlsx")
def export(visit: Visiting) -> Response:
    """One row a person, in the columns that the import reads, so that a changed table can come back."""
    from campaign.evidence.sheets import Sheet, workbook_bytes

    with visit.place.store.read() as tx:
        rows = list_units(tx, campaign_day(visit.now))
    made = workbook_bytes([Sheet("单位名册", COLUMNS, (line for row in rows for line in _lines(row)), len(COLUMNS))])
    headers = {"content-disposition": "attachment; filename*=UTF-8''%E5%8D%95%E4%BD%8D%E5%90%8D%E5%86%8C.xlsx"}
    return Response(made, media_type=SHEET, headers=headers)


@router.post("/units/import")
def import_table(visit: Visiting) -> Response:
    """All of it or nothing, with every complaint by its line."""
    from campaign.work.people.roll_import import import_roll  # a few times a year

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
    today = campaign_day(visit.now)
    with visit.place.store.read() as tx:
        rows = page_of_units(tx, today, unreachable=show == "unreachable", limit=A_PAGE + 1, offset=(page - 1) * A_PAGE)
        total, unreachable = count_units(tx, today)
    return visit.page(
        "units.html",
        status=400 if refusal else 200,
        rows=rows[:A_PAGE],
        more=len(rows) > A_PAGE,
        page_number=page,
        show=show,
        total=total,
        unreachable=unreachable,
        refusal=refusal,
    )


def _lines(row: UnitLine) -> Iterator[tuple[str, ...]]:
    unit = (row.name, row.code, row.kind or "", row.parent or "", said_aliases(row.aliases), "是" if row.external else "")
    for one in row.persons:
        yield (*unit, *post_words(one["relation"], one["post"]), *(one[field] or "" for field in ("name", "phone", "email", "account")))
    if not row.persons:
        yield (*unit, "", "", "", "", "", "")
