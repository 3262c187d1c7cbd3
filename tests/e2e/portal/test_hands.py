"""Pages of lead units, units above others and several hands of a review, in Debian's Chromium at phone and desktop size."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlmodel import col, select

from campaign.evidence.files import FileStore
from campaign.records.campaigns import find_campaign
from campaign.records.tables import Duty, Item, ItemUnit, Unit
from campaign.work.by import By
from campaign.work.duty.hand_in import KeptFile, hand_in
from campaign.work.duty.review import review
from campaign.work.people.accounts import add_account, grant, hasher
from campaign.work.planning.review_chains import put_chain_in_force
from tests.e2e.portal.conftest import DESK, PATIENCE, PHONE, keep_picture, serving
from tests.e2e.portal.gestures import follow, log_in, main, press
from tests.integration.portal.sample import LADDERS, SLUG, play

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
REPORT = "背街小巷环境整治情况\n一、清理乱堆乱放 12 处。\n二、修补路面 3 处，清洗墙面 200 平方米。\n三、与社区约定每周五巡查一次。\n"
PASSWORD = "山高水长-2026-青岚"
LEAD, SHARING = "区城管局", ("区教育局", "区卫健局", "云溪街道", "柳荫街道")
SHOWN = ("lead-item-desk", "split-phone", "chain-version-phone", "chain-todo-desk")
SIZES = {"phone": ViewportSize(**PHONE), "desk": ViewportSize(**DESK)}  # type: ignore[typeddict-item]  # width and height
WIDE = """() => [...document.querySelectorAll('body *')].filter(one => !one.closest('.unseen')
  && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(one => one.outerHTML.slice(0, 120))"""
TARGETS = """() => [...document.querySelectorAll('main button, main .button, main select, main .choice, main .led a')]
  .filter(one => one.offsetParent !== null && one.getBoundingClientRect().height < 43.5).map(one => one.outerHTML.slice(0, 80))"""


@dataclass(frozen=True)
class Hands:
    base: str
    item: int
    street_duty: int


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hands]:
    home = tmp_path_factory.mktemp("hands") / "home"
    item, street = prepare(home, datetime.now(UTC))
    with serving(home) as base:
        yield Hands(base, item, street)


def kept(home: Path, name: str, text: str) -> KeptFile:
    one = FileStore(home / "evidence").put(io.BytesIO(text.encode()), name)
    return KeptFile(one.name, one.sha256, one.size, one.media_type)


def prepare(home: Path, now: datetime) -> tuple[int, int]:
    """An item of LEAD that four units share, under the full chain, one share accepted and one handed in; a street with a unit below."""
    store, by = play(home, now), By("邵清和", now, "样例")
    with store.begin() as tx:
        units = {unit.name: unit for unit in tx.exec(select(Unit)).all()}
        campaign = find_campaign(tx, SLUG)
        item = tx.exec(select(Item).join(ItemUnit, col(ItemUnit.item_id) == Item.id).where(
            ItemUnit.unit_id == units[LEAD].id, ItemUnit.role == "lead", Item.campaign_id == campaign.id).order_by(col(Item.id))).first()  # fmt: skip
        assert item is not None
        own = tx.exec(select(Duty).where(Duty.item_id == item.id, Duty.unit_id == units[LEAD].id, Duty.kind == "perform")).one()
        own.state, own.finished_at = "open", None
        shares = []
        for name in SHARING:
            tx.add(ItemUnit(item_id=item.id, unit_id=units[name].id, role="responsible"))
            shares.append(Duty(campaign_id=campaign.id, phase_id=item.phase_id, unit_id=units[name].id, kind="perform", origin=f"sample:{name}",
                               title=item.title, ladder_id=campaign.ladder_id, due_at=own.due_at, opened_at=now, item_id=item.id))  # fmt: skip
        tx.add_all(shares)
        units["云溪街道杏园社区"].parent_id = units["云溪街道桂苑社区"].parent_id = units["云溪街道"].id
        tx.flush()
        hand_in(tx, shares[1], [kept(home, "情况报告.txt", "背街小巷整治已完成，共 8 条。\n")], By("叶知秋", now), note="已完成。")
        review(tx, shares[1], by, accept=True)
        put_chain_in_force(tx, campaign, "full", by, ladders=LADDERS)
        hand_in(tx, shares[0], [kept(home, "整治情况.txt", REPORT)], By("叶知秋", now), note="整治 12 处，情况见附件。")
        for login, role, unit in (
            ("qian", "lead_unit", LEAD),
            ("head", "unit_head", SHARING[0]),
            ("jie", "contact", "云溪街道"),
            ("ye", "contact", SHARING[0]),
        ):
            grant(tx, add_account(tx, login, f"人员{login}", hasher().hash(PASSWORD), by, lasting=True), role, units[unit], by)
        found = item.id, shares[2].id
    store.close()
    return found


def entered(chromium: Browser, base: str, login: str, size: str) -> Page:
    page = chromium.new_context(viewport=SIZES[size], locale="zh-CN", base_url=base).new_page()
    page.set_default_timeout(PATIENCE)
    log_in(page, login, PASSWORD)
    return page


def look(page: Page, axe: str, name: str) -> None:
    """Nothing cut off, targets large enough, axe at level AA; and a picture for the eye."""
    assert page.evaluate(WIDE) == [], f"{page.url} is too wide"
    assert page.evaluate(TARGETS) == [], page.url
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")
    assert found["violations"] == [], json.dumps(found["violations"], ensure_ascii=False)[:2000]
    if name in SHOWN:
        keep_picture(page, name)


@pytest.mark.parametrize("size", list(SIZES))
def test_a_lead_unit_on_its_pages(chromium: Browser, hands: Hands, axe: str, size: str) -> None:
    page = entered(chromium, hands.base, "qian", size)
    if size == "phone":
        page.locator("nav summary").click()
    follow(page.get_by_role("link", name="牵头任务"))
    look(page, axe, f"lead-{size}")
    follow(page.locator(f"a[href='/lead/{hands.item}']"))
    expect(page.get_by_text("等待单位负责人审签").or_(page.get_by_text("等待牵头单位初审")).first).to_be_visible()
    look(page, axe, f"lead-item-{size}")
    press(page, "提醒全部未报送的单位")
    expect(page.get_by_role("status")).to_have_text(re.compile("^(已提醒|今天已提醒过)"))  # once a day, whichever of the two sizes came first
    page.context.close()


@pytest.mark.parametrize("size", list(SIZES))
def test_a_street_on_the_page_for_parts(chromium: Browser, hands: Hands, axe: str, size: str) -> None:
    page = entered(chromium, hands.base, "jie", size)
    page.goto(f"/duties/{hands.street_duty}/split")
    look(page, axe, f"split-{size}")
    page.locator("label.choice").first.click()
    press(page, "分解", exact=True)
    expect(page.get_by_role("status")).to_have_text(re.compile("^已分解给 1 个下属单位"))
    look(page, axe, f"split-done-{size}")
    page.goto(f"/duties/{hands.street_duty}")
    expect(page.get_by_text("都办结后，本单位才能报送")).to_be_visible()
    page.context.close()


def test_a_head_signs_on_the_phone_and_the_unit_sees_where_its_material_is(chromium: Browser, hands: Hands, axe: str) -> None:
    page = entered(chromium, hands.base, "head", "phone")
    follow(page.get_by_role("link", name="审核", exact=True))
    look(page, axe, "chain-queue-phone")
    follow(main(page).locator("a[href^='/review/']").first)
    look(page, axe, "chain-version-phone")
    press(page, "通过")
    contact = entered(chromium, hands.base, "ye", "desk")
    contact.goto("/todo?show=submitted")
    expect(contact.get_by_text("等待牵头单位初审")).to_be_visible()
    look(contact, axe, "chain-todo-desk")
    follow(main(contact).locator("a[href^='/duties/']").first)
    look(contact, axe, "chain-duty-desk")
    for one in (page, contact):
        one.context.close()
