"""Four roles work with each other in a real browser: hand in, return, hand in again, accept, ask, answer, sign."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from tests.e2e.portal.conftest import DESK, PHONE, Visitor, keep_picture
from tests.e2e.portal.gestures import HeldBack, all_arrived, follow, main, press

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
KEPT = "自查表"
"""In the title of a duty that no test hands in, for those that only look at its form."""


def photo(folder: Path, name: str = "现场照片.jpg") -> Path:
    """A drawn street: sky, houses, a swept road."""
    path, picture = folder / name, Image.new("RGB", (1200, 900), "#bcd6ea")
    draw = ImageDraw.Draw(picture)
    for number, colour in enumerate(("#d9b48f", "#c98f6b", "#e3c9a4", "#b98a6a", "#d7a98a")):
        left = number * 240
        draw.rectangle((left, 260 + 40 * (number % 3), left + 240, 620), fill=colour)
        for window in range(6):
            at = (left + 30 + 70 * (window % 3), 380 + 100 * (window // 3))
            draw.rectangle((*at, at[0] + 40, at[1] + 60), fill="#4f6f8f")
    draw.rectangle((0, 620, 1200, 900), fill="#8d8f92")
    for left in range(40, 1200, 200):
        draw.rectangle((left, 750, left + 110, 765), fill="#f4f4f4")
    picture.save(path, "JPEG", quality=88)
    return path


def open_first(page: Page) -> str:
    """The first duty of the list that any unit may hand in with a file, whatever day the sample has come to; answers its address."""
    page.goto("/todo?show=todo")
    others = page.locator("strong", has_text=re.compile(f"签收|签订|整改|{KEPT}"))
    return opened(main(page).locator("a.row-link").filter(has_not=others).first)


def open_kept(page: Page) -> str:
    page.goto("/todo?show=todo")
    return opened(main(page).locator("a.row-link").filter(has_text=KEPT).first)


def opened(duty: Locator) -> str:
    follow(duty)
    page = duty.page
    expect(page.get_by_role("heading", name="要求")).to_be_visible()
    return page.url


def version_of(page: Page) -> str:
    """The link of the reviewer's list to what this unit's page shows as handed in last: other units have duties of the same title."""
    address = main(page).locator("article.version a[href^='/files/']").first.get_attribute("href") or ""
    return f"main a[href='/review/{address.split('/')[2]}']"


def test_a_material_goes_from_phone_to_desk_and_back_until_it_is_accepted(visitor: Visitor, tmp_path: Path) -> None:
    contact = visitor("demo-contact", PHONE)
    expect(contact.get_by_role("heading", name="我的待办")).to_be_visible()
    keep_picture(contact, "todo-phone")
    address = open_first(contact)
    keep_picture(contact, "duty-phone")
    sign_for = contact.get_by_role("button", name="签收")
    if sign_for.count():
        follow(sign_for)
        expect(contact.get_by_role("status")).to_contain_text("已签收")
    contact.locator("#files").set_input_files(photo(tmp_path))
    all_arrived(contact)
    contact.get_by_label("办理情况说明").fill("已完成整治，附现场照片。")
    press(contact, "报送", exact=True)
    expect(contact.get_by_role("status")).to_contain_text("版已收到并保存")
    expect(contact.get_by_role("main")).to_contain_text("现场照片.jpg")

    reviewer = visitor("demo-reviewer", DESK)
    expect(reviewer.get_by_role("heading", name="待审核材料")).to_be_visible()
    keep_picture(reviewer, "review-queue")
    follow(reviewer.locator(version_of(contact)))
    expect(reviewer.locator("img.sheet").first).to_be_visible()
    reviewer.wait_for_function("() => [...document.querySelectorAll('img.sheet')].every(one => one.complete && one.naturalWidth > 0)")
    keep_picture(reviewer, "review-version")
    reviewer.get_by_label("缺少说明报告").check()
    reviewer.get_by_label("补充说明").fill("请附一页说明。")
    press(reviewer, "退回补正")
    expect(reviewer.get_by_role("status")).to_contain_text("退回补正")

    contact.goto(address)
    expect(contact.get_by_role("main")).to_contain_text("缺少说明报告；请附一页说明。")
    contact.get_by_label(re.compile("现场照片")).first.check()
    report = tmp_path / "说明.txt"
    report.write_text("整治说明：清理三处，长期保持。", encoding="utf-8")
    contact.locator("#files").set_input_files(report)
    all_arrived(contact)
    press(contact, "报送", exact=True)
    expect(contact.get_by_role("status")).to_contain_text(re.compile(r"第 \d+ 版已收到"))

    reviewer.goto("/review")
    follow(reviewer.locator(version_of(contact)))
    expect(reviewer.get_by_role("main")).to_contain_text("整治说明：清理三处")
    press(reviewer, "通过", exact=True)
    contact.goto(address)
    expect(contact.get_by_role("main")).to_contain_text("已办结")


def test_without_script_everything_works_as_plain_forms(visitor: Visitor, tmp_path: Path) -> None:
    contact = visitor("demo-contact", PHONE, java_script_enabled=False)
    open_first(contact)
    contact.locator("#files").set_input_files(photo(tmp_path, "复查照片.jpg"))
    contact.get_by_label("办理情况说明").fill("已复查。")
    press(contact, "报送", exact=True)
    expect(contact.get_by_role("status")).to_contain_text("版已收到并保存")


def test_files_chosen_before_the_script_has_come_are_uploaded_too(visitor: Visitor, tmp_path: Path) -> None:
    contact = visitor("demo-contact", PHONE)
    contact.goto("/todo?show=todo")
    address = main(contact).get_by_role("link").filter(has_text=KEPT).first.get_attribute("href")
    assert address is not None
    script = HeldBack(contact, "portal.js")
    contact.goto(address, wait_until="commit")
    contact.locator("#files").set_input_files([photo(tmp_path, "慢网照片一.jpg"), photo(tmp_path, "慢网照片二.jpg")])
    assert contact.locator(".arriving p").count() == 0, "the script was not held back"
    script.come()
    all_arrived(contact, 2)


def test_who_types_while_the_script_is_on_its_way_is_left_alone(visitor: Visitor) -> None:
    """A refusal is brought into view by the script, unless somebody has begun to mend it."""
    page = visitor(None, PHONE)
    page.goto("/login")
    script = HeldBack(page, "portal.js")
    page.get_by_label("登录名").fill("demo-contact")
    page.get_by_label("口令").fill("不是这个口令")
    with page.expect_navigation(wait_until="commit"):
        main(page).get_by_role("button", name="登录").click()
    page.get_by_label("口令").focus()
    script.come()
    page.wait_for_load_state()
    expect(page.get_by_label("口令")).to_be_focused()
    page.get_by_label("口令").fill("也不是这个口令")
    press(page, "登录")
    expect(page.get_by_role("alert")).to_be_focused()


def test_what_was_typed_comes_back_when_a_file_is_refused(visitor: Visitor, tmp_path: Path) -> None:
    contact = visitor("demo-contact", PHONE, java_script_enabled=False)
    open_kept(contact)
    empty = tmp_path / "空.pdf"
    empty.write_bytes(b"")
    contact.locator("#files").set_input_files(empty)
    contact.get_by_label("办理情况说明").fill("写了很久的说明")
    press(contact, "报送", exact=True)
    expect(contact.get_by_role("alert")).to_contain_text("空文件")
    expect(contact.get_by_label("办理情况说明")).to_have_value("写了很久的说明")


def test_an_extension_is_asked_on_the_phone_and_granted_at_the_desk(visitor: Visitor) -> None:
    contact = visitor("demo-contact", PHONE)
    address, wanted_on = open_kept(contact), date.today() + timedelta(days=300)
    contact.get_by_text("来不及？申请延期").click()
    contact.get_by_label("延期到哪一天").fill(wanted_on.isoformat())
    contact.get_by_label("理由").first.fill("等待区里数据")
    press(contact, "提交延期申请")
    expect(contact.get_by_role("status")).to_contain_text("原期限不变")
    office = visitor("demo-admin")
    office.goto("/requests")
    keep_picture(office, "requests")
    asked = main(office).locator("section.card").filter(has_text="等待区里数据")
    follow(asked.get_by_role("button", name="准予延期"))
    expect(office.get_by_role("status")).to_contain_text("已答复")
    contact.goto(address)
    expect(contact.get_by_role("main")).to_contain_text(f"{wanted_on.year}年{wanted_on.month}月{wanted_on.day}日")


def test_a_leader_signs_and_the_unit_confirms_the_paper(visitor: Visitor) -> None:
    leader = visitor("demo-leader")
    leader.goto("/sign")
    keep_picture(leader, "sign")
    to_sign = leader.get_by_role("button", name=re.compile("名义签发"))
    if not to_sign.count():  # on a few days of the year the sample has come to a quiet evening
        expect(main(leader)).to_contain_text("没有待签发的文书")
        return
    follow(to_sign.first)
    expect(main(leader)).to_contain_text(re.compile("已签发|还不能签发"))


def test_the_office_sees_campaign_gate_people_and_opens_an_account(visitor: Visitor) -> None:
    office = visitor("demo-admin")
    office.goto("/status")
    keep_picture(office, "overview")
    office.goto("/campaigns")
    follow(main(office).get_by_role("link").filter(has_text="望澜").first)
    expect(office.locator("svg.gantt")).to_be_visible()
    keep_picture(office, "campaign")
    follow(office.get_by_role("row").filter(has_text="进行中").first.get_by_role("link"))
    expect(office.get_by_role("heading", name="阶段验收（转段）")).to_be_visible()
    keep_picture(office, "gate")
    office.goto("/units")
    keep_picture(office, "units")
    office.goto("/users")
    office.get_by_label("登录名", exact=True).fill("xinren")
    office.get_by_label("姓名", exact=True).fill("楚云深")
    office.locator("#rolenew").select_option("reviewer")
    press(office, "开通")
    expect(office.get_by_role("status")).to_contain_text("一次性口令")


def test_a_plan_is_launched_through_its_review_page(visitor: Visitor, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from campaign.plan.yaml_text import to_yaml
    from tests.integration.portal.sample import spec

    plan = tmp_path / "方案.yaml"
    plan.write_text(to_yaml(spec(datetime.now(UTC))), encoding="utf-8")
    office = visitor("demo-admin")
    office.goto("/launch")
    office.get_by_label("方案文件").set_input_files(plan)
    press(office, "读取方案")
    expect(office.get_by_role("main")).to_contain_text("可以启动")
    keep_picture(office, "launch")
    office.get_by_label("代号").fill("browser")
    press(office, "启动")
    expect(office.get_by_role("status")).to_contain_text("已启动")
