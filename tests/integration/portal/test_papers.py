"""Papers in the portal: signing for one, the slip of paper, what holds a draft back, and the Word files."""

from __future__ import annotations

import io
import re

from docx import Document
from sqlmodel import select

from campaign.portal.place import Place
from campaign.records.statements import table_of
from campaign.records.tables import Duty, Escalation, Notice, Unit
from campaign.records.tables.duties import duty_table
from campaign.work.by import By
from campaign.work.papers.receipts import ask_for_receipts
from tests.integration.portal.conftest import NOW, Browser, open_account

NOTICE = table_of(Notice)


def delivered(place: Place) -> tuple[Notice, Unit]:
    """A paper that arrived and whose receipt is asked for."""
    with place.store.begin() as tx:
        for notice in tx.execute(select(Notice).where(NOTICE.c.kind == "任务分解通知", NOTICE.c.state == "delivered").order_by(NOTICE.c.id)).scalars():
            ask_for_receipts(tx, [notice.id], By("clock", NOW))
            if tx.execute(select(Duty).where(duty_table.c.origin == f"ack:notice:{notice.id}", duty_table.c.state == "open")).scalars().first():
                return notice, tx.get_one(Unit, notice.unit_id)
    raise AssertionError("the sample has no paper that asks for a receipt")


def receipt(place: Place, notice: Notice) -> Duty:
    with place.store.read() as tx:
        return tx.exec(select(Duty).where(duty_table.c.origin == f"ack:notice:{notice.id}")).one()


def test_a_contact_finds_the_paper_to_sign_for_among_the_duties_and_signs_once(place: Place) -> None:
    notice, unit = delivered(place)
    client = open_account(place, "lian", ("contact", unit.name), name="吴联络")
    duty = client.get(f"/duties/{receipt(place, notice).id}").text
    assert f'href="/notices/{notice.id}">查看文书并签收' in duty
    page = client.get(f"/notices/{notice.id}").text
    assert ">签收</button>" in page
    client.post(f"/notices/{notice.id}/read", page=f"/notices/{notice.id}")
    signed = receipt(place, notice)
    assert (signed.state, signed.acked_by) == ("accepted", "吴联络")
    assert ">签收</button>" not in client.get(f"/notices/{notice.id}").text


def test_the_office_enters_a_signed_slip_and_does_not_sign_for_a_unit(place: Place) -> None:
    notice, _ = delivered(place)
    office = open_account(place, "guan", ("admin", None), name="周管理")
    assert "登记纸质签收" in office.get(f"/notices/{notice.id}").text
    assert office.post(f"/notices/{notice.id}/read", page=f"/notices/{notice.id}").status_code >= 400
    assert receipt(place, notice).state == "open"
    office.post(f"/notices/{notice.id}/read", {"signer": "张三"}, page=f"/notices/{notice.id}")
    signed = receipt(place, notice)
    assert (signed.state, signed.acked_by, signed.closed_reason) == ("accepted", "张三", "纸质签收")


def test_a_paper_comes_as_a_word_file_for_its_unit_only(place: Place) -> None:
    notice, unit = delivered(place)
    mine, other = open_account(place, "lian", ("contact", unit.name)), open_account(place, "ta", ("contact", _another(place, unit)))
    answer = mine.get(f"/notices/{notice.id}/paper.docx")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert unit.name in "".join(one.text for one in Document(io.BytesIO(answer.content)).paragraphs)
    assert other.get(f"/notices/{notice.id}/paper.docx").status_code == 404
    assert mine.get(f"/notices/{notice.id}/slip.docx").status_code == 403


def _another(place: Place, unit: Unit) -> str:
    with place.store.read() as tx:
        units = tx.exec(select(Unit).where(table_of(Unit).c.state == "active", table_of(Unit).c.id != unit.id)).all()
        return next(one.name for one in units if one.parent_id != unit.id)


def draft(place: Place) -> Notice:
    with place.store.read() as tx:
        return tx.execute(select(Notice).where(NOTICE.c.state == "draft").order_by(NOTICE.c.id)).scalars().first() or _none()


def _none() -> Notice:
    raise AssertionError("the sample has no draft")


def office(place: Place) -> Browser:
    return open_account(place, "guan", ("admin", None), name="周管理")


def test_a_draft_signed_on_paper_names_the_signer_and_keeps_the_scan(place: Place) -> None:
    paper, client = draft(place), office(place)
    assert "文 件 送 签 单" in Document(io.BytesIO(client.get(f"/notices/{paper.id}/slip.docx").content)).paragraphs[0].text
    scan = [("files", ("送签单.txt", "签发：同意".encode()))]
    refused = client.post(f"/sign/{paper.id}", {"what": "paper"}, page="/sign", files=scan)
    assert (refused.status_code, "签字的人" in refused.text) == (409, True)
    done = client.post(f"/sign/{paper.id}", {"what": "paper", "signer": "陈主任"}, page="/sign", files=scan)
    assert done.headers["location"] == "/sign"
    with place.store.read() as tx:
        assert tx.get_one(Notice, paper.id).signed_by == "陈主任"
        asked = tx.execute(select(Duty).where(duty_table.c.origin == f"sign:notice:{paper.id}")).scalar_one()
    assert "送签单.txt" in client.get(f"/duties/{asked.id}").text


def test_a_draft_whose_earlier_paper_never_arrived_says_which_and_offers_no_signature(place: Place) -> None:
    paper, client = draft(place), office(place)
    with place.store.begin() as tx:
        step, before = table_of(Escalation), table_of(Escalation).alias("before")
        same = (before.c.duty_id == step.c.duty_id) & (before.c.revision == step.c.revision) & (before.c.rung == step.c.rung - 1)
        earlier = select(before.c.notice_id).join(step, same).where(step.c.notice_id == paper.id)
        row = tx.execute(select(Notice).where(NOTICE.c.id.in_(earlier))).scalars().first() or _none()
        row.state, row.delivered_at = "issued", None
        tx.add(row)
        named = row.number
    page = client.get("/sign").text
    section = re.search(rf'aria-labelledby="n{paper.id}".*?</section>', page, re.S)
    assert section is not None
    assert "现在还不能签发" in section[0]
    assert str(named) in section[0]
    assert 'value="sign"' not in section[0]
    assert client.post(f"/sign/{paper.id}", {"what": "sign"}, page="/sign").status_code == 409
