"""Every page with every role that may open it: axe at level AA, nothing cut off at 360 pixels, targets of 44, and all of it without a script.

A page whose text was already looked at with another role is not looked at again. CAMPAIGN_LOOK=folder keeps a picture of each, for the eye.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from campaign.plan.yaml_text import to_yaml
from campaign.portal.access import Role
from tests.e2e.portal.conftest import DESK, PATIENCE, SMALL_PHONE, serving
from tests.e2e.portal.furnished import LOGINS, PLACES, furnish, now_at_noon, pages_of
from tests.e2e.portal.gestures import HeldBack, log_in, press
from tests.e2e.portal.house import LEVELS, SMALL_TARGETS, TOO_WIDE, WIDEST
from tests.e2e.portal.test_hands import PASSWORD
from tests.integration.portal.sample import SECOND, SLUG, spec

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
NOT_FOR = {(Role.THIRD_PARTY, "/review/{version}"), (Role.EXPERT, "/review/{version}")}
"""A step of the chain that is the unit head's, and no concern of theirs."""
TEXT = "(document.querySelector('main') || document.body).innerHTML"
BARE = """() => [
  ...[...document.querySelectorAll('form')].filter(one => !one.querySelector('button, input[type=submit]')).map(one => 'no button: ' + one.action),
  ...[...document.querySelectorAll('[style], [onclick], [onchange], [onsubmit]')].map(one => 'inline: ' + one.outerHTML.slice(0, 80)),
  ...[...document.querySelectorAll('script:not([src]), a[href="#"], a:not([href])')].map(one => 'only by script: ' + one.outerHTML.slice(0, 80)),
]"""


@dataclass
class Furnished:
    base: str
    numbers: dict[str, Any]
    seen: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    home = tmp_path_factory.mktemp("every") / "home"
    numbers = furnish(home, now_at_noon())
    with serving(home) as base:
        yield Furnished(base, numbers)


def entered(chromium: Browser, house: Furnished, role: Role, **options: Any) -> Page:
    page = chromium.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai", base_url=house.base, **options).new_page()  # type: ignore[arg-type]  # width and height
    page.set_default_timeout(PATIENCE)
    log_in(page, role.value, PASSWORD)
    return page


def addresses(house: Furnished, role: Role) -> list[str]:
    return [place.format(**house.numbers) for path in pages_of(role) for place in PLACES[path] if (role, place) not in NOT_FOR]


def look(page: Page, axe: str, name: str) -> list[str]:
    wrong = []
    for size, view in (("phone", SMALL_PHONE), ("desk", DESK)):
        page.set_viewport_size(view)  # type: ignore[arg-type]  # width and height
        if (wide := page.evaluate(TOO_WIDE)) > 0:
            wrong.append(f"{name}: {wide} pixels too wide for a {size}: {page.evaluate(WIDEST)}")
        wrong += [f"{name}: small target on a {size}: {one}" for one in page.evaluate(SMALL_TARGETS)]
        keep(page, name, size)
    page.evaluate(axe)
    wrong += [f"{name}: {one['id']}: {[node['html'][:160] for node in one['nodes']][:3]}" for one in page.evaluate(LEVELS)["violations"]]
    return wrong


def keep(page: Page, name: str, size: str) -> None:
    folder = os.environ.get("CAMPAIGN_LOOK")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{re.sub(r'[^A-Za-z0-9]+', '-', name).strip('-')}-{size}.png", full_page=True, animations="disabled")


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_every_page_that_a_role_may_open_is_good_to_look_at(chromium: Browser, house: Furnished, axe: str, role: Role) -> None:
    page = entered(chromium, house, role)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    for path in addresses(house, role):
        answer = page.goto(path)
        if answer is not None and answer.status == 404 and LOGINS[role] != (None,):
            continue  # somebody else's; whoever sees the whole house looks at it
        if answer is None or not answer.ok:
            wrong.append(f"{path}: {answer.status if answer else 'nothing'}")
        elif (text := re.sub(r'value="[^"]*"|\d\d:\d\d(:\d\d)?', "", page.evaluate(TEXT))) not in house.seen:
            house.seen.add(text)
            wrong += look(page, axe, f"{role.value} {path}")
    page.context.close()
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.CONTACT, Role.REVIEWER, Role.LEAD_UNIT], ids=lambda role: role.value)
def test_every_page_works_without_a_script(chromium: Browser, house: Furnished, role: Role) -> None:
    page = entered(chromium, house, role, java_script_enabled=False)
    wrong = []
    for path in addresses(house, role):
        answer = page.goto(path)
        if answer is not None and answer.status == 404:
            continue
        if not page.locator("main h1").first.is_visible():
            wrong.append(f"{path}: no heading")
        wrong += [f"{path}: {one}" for one in page.evaluate(BARE)]
    page.context.close()
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("path", ["/nowhere", "/users"])
def test_a_page_that_is_not_there_or_not_allowed_is_good_to_look_at_too(chromium: Browser, house: Furnished, axe: str, path: str) -> None:
    page = entered(chromium, house, Role.CONTACT)
    page.goto(path)
    wrong = look(page, axe, f"fault {path}")
    page.context.close()
    assert wrong == []


def test_what_a_changed_plan_would_do_is_good_to_look_at_before_it_is_applied(chromium: Browser, house: Furnished, axe: str, tmp_path: Path) -> None:
    plan = spec(now_at_noon())
    moved = [item.model_copy(update={"lead_unit": "区住建局", "responsible_units": ("区住建局",)}) if item.key == "t9" else item for item in plan.items[1:]]
    file = tmp_path / "方案.yaml"
    file.write_text(to_yaml(plan.model_copy(update={"items": tuple(moved)})), encoding="utf-8")
    page = entered(chromium, house, Role.ADMIN)
    page.goto("/launch")
    page.get_by_label("方案文件").set_input_files(file)
    press(page, "读取方案")
    page.get_by_label("代号").fill(SLUG)
    press(page, "启动", exact=True)
    expect(page.get_by_role("heading", name="核对改动")).to_be_visible()
    expect(page.get_by_text("区教育局 → 区住建局")).to_be_visible()
    wrong = look(page, axe, "launch changes")
    press(page, "不应用，返回核对方案")
    expect(page.get_by_role("heading", name="核对方案")).to_be_visible()
    expect(page.get_by_label("代号")).to_have_value(SLUG)
    page.context.close()
    assert wrong == []


def test_a_date_that_was_changed_before_the_script_has_come_moves_in_the_calendar_too(chromium: Browser, house: Furnished) -> None:
    page = entered(chromium, house, Role.ADMIN)
    script = HeldBack(page, "stagger.js")
    page.goto(f"/campaigns/{SECOND}/stagger", wait_until="commit")
    field = page.locator("input[name^='day-']").first
    duty, now, first, last = (field.get_attribute(name) or "" for name in ("name", "value", "min", "max"))
    chip = page.locator(f".chip[data-duty='{duty.removeprefix('day-')}']")
    days = page.locator("td[data-day]:not(.rest)").evaluate_all("all => all.map(one => one.dataset.day)")
    day = next(day for day in days if first <= day <= last and day != now)
    field.fill(day)
    expect(page.locator(f"td[data-day='{day}']").locator(chip)).to_have_count(0)
    script.come()
    expect(page.locator(f"td[data-day='{day}']").locator(chip)).to_have_count(1)
    expect(field).to_have_value(day)
    page.context.close()
