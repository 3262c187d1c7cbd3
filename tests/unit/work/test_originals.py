"""收件登记 and registers: a paper counts as handed in when its copies have come, and a list is entered once."""

from __future__ import annotations

import io
import tempfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from campaign.errors import CampaignError
from campaign.records.campaigns import find_campaign, find_duty
from campaign.records.duty import originals
from campaign.records.store import Store
from campaign.records.tables import PaperReceipt, Signatory, StoredFile, Submission
from campaign.work.duty.originals import Received, attach_scan, receive_originals
from campaign.work.duty.registers import Entered, import_register
from tests.world import OFFICE, SLUG, World, at, file, item, plan

TODAY = date(2026, 3, 2)
PAPER = item(1, materials=[{"name": "责任书", "copies": 3, "form": "paper"}])


@pytest.fixture
def world(store: Store) -> World:
    return World(store).opened(plan([PAPER]))


def material(world: World) -> int:
    return next(duty.id for duty in world.duties() if duty.kind == "material")


def receive(world: World, copies: int, key: str = "k", **more: object) -> Received:
    told = {"received_on": TODAY, "handed_by": "示例送件人"} | more
    with world.store.begin() as tx:
        return receive_originals(tx, find_duty(tx, material(world)), world.by(), key=key, copies=copies, **told)  # type: ignore[arg-type]  # keywords


def test_when_the_copies_are_complete_the_duty_is_handed_in(world: World) -> None:
    assert receive(world, 2, "one") == Received(2, 3, None)
    assert world.duty(material(world)).state == "open"
    assert receive(world, 1, "two") == Received(3, 3, 1)
    assert world.duty(material(world)).state == "submitted"
    version = world.rows(Submission)[0]
    assert "收到纸质原件 3 份" in version.note
    assert world.review(material(world)).state == "accepted", "who took it in may review it"
    assert world.verify() == []


def test_the_same_form_sent_twice_is_one_receipt(world: World) -> None:
    receive(world, 2)
    assert receive(world, 2).again
    assert [one.copies for one in world.rows(PaperReceipt)] == [2]


def test_a_scan_goes_with_the_paper(world: World) -> None:
    receive(world, 3, scans=[file("扫描件")])
    assert [one.sha256 for one in world.rows(StoredFile)] == [file("扫描件").sha256]


def test_copies_that_come_after_the_verdict_are_only_noted(world: World) -> None:
    receive(world, 3, "one")
    world.review(material(world))
    assert receive(world, 1, "two") == Received(4, 3, None)
    assert len(world.rows(Submission)) == 1


@pytest.mark.parametrize("wrong", [{"copies": 0}, {"handed_by": " "}, {"received_on": date(2026, 3, 3)}])
def test_what_cannot_be_is_refused_in_words(world: World, wrong: dict[str, object]) -> None:
    with pytest.raises(CampaignError):
        receive(world, **({"copies": 1} | wrong))  # type: ignore[arg-type]  # keywords
    assert world.rows(PaperReceipt) == []


def test_a_cover_keeps_its_code_and_leads_to_its_duty(world: World) -> None:
    with world.store.begin() as tx:
        code = originals.cover_code(tx, material(world), world.now)
        assert originals.cover_code(tx, material(world), world.now) == code
        found = originals.duty_of_code(tx, code)
        assert originals.duty_of_code(tx, code[:-1]) is None
    assert found is not None
    assert (found.id, len(code) >= 24) == (material(world), True)


def table(*rows: tuple[object, ...], head: tuple[str, ...] = ("登记簿", "单位", "名称", "地址", "签订日期")) -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in (head, *rows):
        book.active.append(row)
    book.save(made)
    return made.getvalue()


def enter(world: World, content: bytes, name: str = "登记簿.xlsx", **more: object) -> Entered:
    with tempfile.TemporaryDirectory() as folder, world.store.begin() as tx:
        path = Path(folder) / name
        path.write_bytes(content)
        return import_register(tx, find_campaign(tx, SLUG), path, world.by(), **more)  # type: ignore[arg-type]  # keywords


SHOPS = (("门前三包", "示例甲局", "张记面馆", "一号", None), ("门前三包", "示例甲局", "李记五金", "二号", date(2026, 3, 1)))


def test_a_register_is_entered_once_and_its_rate_computed(world: World) -> None:
    assert enter(world, table(*SHOPS)) == Entered(2, 0, 0)
    assert enter(world, table(*SHOPS, ("门前三包", "示例甲局", "张记面馆", "一号", "2026年3月1日"))) == Entered(0, 1, 2)
    with world.store.read() as tx:
        (rate,) = originals.signatory_rates(tx, find_campaign(tx, SLUG).id, None)
    assert (rate.listed, rate.signed, rate.scanned) == (2, 2, 0)


def test_a_row_that_cannot_be_keeps_the_whole_table_out(world: World) -> None:
    with pytest.raises(CampaignError, match="第 3 行 没有单位「别处」"):
        enter(world, table(SHOPS[0], ("门前三包", "别处", "王记", "", None)))
    with pytest.raises(CampaignError, match="写法不对"):
        enter(world, table(("门前三包", "示例甲局", "王记", "", "三月一")))
    with pytest.raises(CampaignError, match="表头"):
        enter(world, table(head=("甲", "乙")))
    with pytest.raises(CampaignError, match=r"登记簿\.xlsx：工作簿已损坏"):
        enter(world, b"no table")
    with pytest.raises(CampaignError, match="权限范围"):
        enter(world, table(*SHOPS), unit_ids=[])
    assert world.rows(Signatory) == []


def test_a_register_may_be_a_plain_table_below_a_title_and_was_signed_today_in_the_campaigns_zone(world: World) -> None:
    world.now = at("2026-03-02T07:00")
    rows = "门前三包登记簿,,\n名称,单位,签订日期\n张记面馆,示例甲局,2026-03-02\n"
    assert enter(world, rows.encode(), "登记簿.csv") == Entered(1, 0, 0)


def test_a_scan_proves_the_signature(world: World) -> None:
    enter(world, table(SHOPS[0]))
    with world.store.begin() as tx:
        attach_scan(tx, tx.get_one(Signatory, 1), file("签订件"), TODAY, world.by(OFFICE))
    (one,) = world.rows(Signatory)
    assert (one.signed_on, one.sha256, one.file_name) == (TODAY, file("签订件").sha256, "签订件.txt")
