"""Paper in the portal: a cover with its code, 收件登記 behind it, registers, the burden meter and the staggered calendar."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from sqlmodel import col, select

from campaign.portal.place import Place
from campaign.records.tables import Campaign, Duty, ExtraRequest, PaperReceipt, Phase, Signatory, Submission
from tests.integration.portal.conftest import Browser, open_account, unit_with

UNIT = "云溪街道桂苑社区"


@pytest.fixture
def office(place: Place) -> Browser:
    return open_account(place, "office", ("admin", None))


@pytest.fixture
def slug(place: Place) -> str:
    with place.store.read() as tx:
        return tx.exec(select(Campaign.slug).order_by(col(Campaign.id))).first() or ""


def code_on(page: str) -> str:
    found = re.search(r"<code>([^<]+)</code>", page)
    assert found
    return found[1]


def test_a_scanned_cover_opens_the_form_for_the_office_only(place: Place, office: Browser) -> None:
    duty_id, unit = unit_with(place, "open")
    contact = open_account(place, "lian", ("contact", unit))
    cover = contact.get(f"/duties/{duty_id}/cover").text
    assert "<svg" in cover
    assert "style=" not in cover
    code = code_on(cover)
    assert contact.get(f"/intake/{code}").status_code == 403
    page = f"/intake/{code}"
    form = {"key": "k1", "copies": "9", "received_on": "2026-11-20", "handed_by": "示例送件人"}
    scan = {"scan": ("扫描件.txt", "正文".encode())}
    assert office.post(f"{page}/receive", form, page=page, files=scan).status_code == 303
    assert office.post(f"{page}/receive", form, page=page).status_code == 303
    with place.store.read() as tx:
        assert len(tx.exec(select(PaperReceipt)).all()) == 1
        version = tx.exec(select(Submission).where(Submission.duty_id == duty_id)).one()
    assert "示例送件人" in office.get("/intake").text
    assert "送交原件" in version.submitted_by


def test_a_code_that_was_never_printed_is_not_there(office: Browser) -> None:
    assert office.get("/intake/abcdefabcdefabcdefabcdef").status_code == 404
    assert office.get("/intake?code=http://x/intake/abc").headers["location"] == "/intake/abc"


def test_a_reviewer_of_other_units_does_not_open_a_cover(place: Place, office: Browser) -> None:
    duty_id, unit = unit_with(place, "open")
    code = code_on(office.get(f"/duties/{duty_id}/cover").text)
    other = open_account(place, "other", ("reviewer", UNIT if unit != UNIT else "云溪街道"))
    assert other.get(f"/intake/{code}").status_code == 404


def test_what_was_typed_at_the_desk_comes_back(place: Place, office: Browser) -> None:
    duty_id, _ = unit_with(place, "open")
    page = f"/intake/{code_on(office.get(f'/duties/{duty_id}/cover').text)}"
    answer = office.post(f"{page}/receive", {"copies": "2", "received_on": "2027-01-01", "handed_by": "示例送件人", "key": "k9"}, page=page)
    assert answer.status_code == 400
    assert "不能晚于今天" in answer.text
    assert "示例送件人" in answer.text


def register(*rows: tuple[object, ...]) -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in (("登记簿", "单位", "名称", "地址", "签订日期"), *rows):
        book.active.append(row)
    book.save(made)
    return made.getvalue()


def test_a_register_shows_its_rate_and_takes_scans(place: Place, slug: str) -> None:
    contact = open_account(place, "lian", ("contact", UNIT))
    page = f"/registers?campaign={slug}"
    table = {"table": ("名单.xlsx", register(("门前三包", UNIT, "张记面馆", "一号", None), ("门前三包", UNIT, "李记五金", "二号", "2026-11-01")))}
    assert contact.post("/registers/import", {"campaign": slug}, page=page, files=table).status_code == 303
    assert "50.0%" in contact.get(page).text
    with place.store.read() as tx:
        shop = tx.exec(select(Signatory).where(Signatory.name == "张记面馆")).one()
    scan = {"scan": ("签订件.txt", "签订".encode())}
    form = {"campaign": slug, "signed_on": "2026-11-20"}
    assert contact.post(f"/registers/{shop.id}/scan", form, page=page, files=scan).status_code == 303
    assert "100.0%" in contact.get(page).text
    assert contact.get(f"/registers/{shop.id}/scan").content == "签订".encode()
    stranger = open_account(place, "other", ("contact", "云溪街道"))
    assert open_account(place, "far", ("reviewer", None)).get(f"/registers/{shop.id}/scan").status_code == 403
    assert stranger.get(page).status_code == 200


def test_a_contact_person_enters_only_for_the_own_unit(place: Place, slug: str) -> None:
    contact = open_account(place, "lian", ("contact", UNIT))
    table = {"table": ("名单.xlsx", register(("门前三包", "创建办", "张记面馆", "一号", None)))}
    answer = contact.post("/registers/import", {"campaign": slug}, page=f"/registers?campaign={slug}", files=table)
    assert answer.status_code == 400
    assert "权限范围" in answer.text


def open_phase(place: Place, slug: str) -> int:
    with place.store.read() as tx:
        campaign = tx.exec(select(Campaign).where(Campaign.slug == slug)).one()
        return int(tx.exec(select(Phase.id).where(Phase.campaign_id == campaign.id, Phase.state == "open")).first() or 0)


def test_over_the_cap_a_request_waits_until_somebody_confirms_it(place: Place, office: Browser, slug: str) -> None:
    page, phase = f"/campaigns/{slug}/burden", open_phase(place, slug)
    form = {"what": "ask", "unit": UNIT, "kind": "material", "title": "补报巡查照片", "due_on": "2026-11-27", "phase": str(phase)}
    office.post(page, form | {"key": "k1"}, page=page)
    office.post(page, {"what": "cap", "cap": "1"}, page=page)
    assert office.post(page, form | {"key": "k2", "title": "再报一次"}, page=page).status_code == 303
    with place.store.read() as tx:
        sent, held = tx.exec(select(ExtraRequest).order_by(col(ExtraRequest.id))).all()
    assert (sent.state, held.state, held.duty_id) == ("sent", "held", None)
    assert "压下待确认" in office.get(page).text
    assert "须写明理由" in office.post(f"/burden/{held.id}", {"what": "confirm"}, page=page).text
    assert office.post(f"/burden/{held.id}", {"what": "confirm", "reason": "省里明日来查"}, page=page).status_code == 303
    with place.store.read() as tx:
        confirmed = tx.get_one(ExtraRequest, held.id)
        assert tx.get_one(Duty, confirmed.duty_id or 0).title == "再报一次"


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"what": "cap", "cap": "x"}, "整数"),
        ({"what": "ask", "unit": "", "phase": ""}, "阶段"),
        ({"what": "ask", "unit": "无此单位", "phase": "open", "kind": "perform", "title": "x", "due_on": "2026-11-27"}, "单位"),
        ({"what": "ask", "unit": UNIT, "phase": "open", "kind": "perform", "title": "x", "due_on": "2020-01-01"}, "期限"),
    ],
)
def test_a_bad_request_is_told_and_comes_back(place: Place, office: Browser, slug: str, form: dict[str, str], told: str) -> None:
    form = {name: str(open_phase(place, slug)) if text == "open" else text for name, text in form.items()}
    answer = office.post(f"/campaigns/{slug}/burden", form, page=f"/campaigns/{slug}/burden")
    assert answer.status_code in (400, 404)
    assert told in answer.text


def test_the_staggered_calendar_moves_days_by_a_plain_form(place: Place, office: Browser, slug: str) -> None:
    page = f"/campaigns/{slug}/stagger"
    shown = office.get(page)
    assert shown.status_code == 200
    slot = re.search(r'name="day-(\d+)"[^>]*value="([^"]+)" min="([^"]+)" max="([^"]+)"', shown.text)
    assert slot, "the sample has something to move"
    duty_id, value, first, last = slot.groups()
    assert 'class="chip" draggable="true"' in shown.text
    wrong = office.post(page, {f"day-{duty_id}": "2031-01-01", "unit": ""}, page=page)
    assert wrong.status_code == 409
    assert "没有改动任何期限" in wrong.text
    days = [f"2026-{month:02}-{day:02}" for month in (11, 12) for day in range(1, 29)]
    moved = next(answer for day in days if first <= day <= last and day != value
                 for answer in [office.post(page, {f"day-{duty_id}": day, "unit": ""}, page=page)] if answer.status_code == 303)  # fmt: skip
    assert "stagger" in moved.headers["location"]
    with place.store.read() as tx:
        assert tx.get_one(Duty, int(duty_id)).due_source in ("proposed", "phase")


@pytest.mark.parametrize("path", ["/registers", "/intake", "/campaigns/{slug}/burden", "/campaigns/{slug}/stagger"])
def test_these_pages_say_something_while_there_is_nothing(empty_place: Place, path: str) -> None:
    office = open_account(empty_place, "office", ("admin", None))
    assert office.get(path.format(slug="nix")).status_code == (404 if "{slug}" in path else 200)
