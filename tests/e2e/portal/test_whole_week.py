"""Two working weeks of a campaign as its people live them in a browser, once on phones and once on desks, on the real portal and a real Prefect.

Monday: a new house, the first administrator, a Word plan through the review page, names and accounts, the phase triggered in Prefect. Then
contact persons sign, hand in, ask for time; a reviewer returns one and accepts others; what nobody hands in climbs to a signed 通报; at the
end the gate is opened with leftovers. Every page on the way is looked at (`House.look`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from campaign.work.upkeep.verify import verify
from deployments.server import ServerPlace
from tests.e2e.portal.first_day import ACCOUNTS, come_back, enter, first_hour, go_live_and_trigger, launch_from_word, open_account, register_people
from tests.e2e.portal.gestures import all_arrived, confirm, follow, main, open_duty, press
from tests.e2e.portal.house import House, house_of
from tests.e2e.portal.test_week import photo

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(1800)]
MONDAY = "2026-10-12T09:00"


@pytest.fixture(params=["phone", "desk"])
def house(request: pytest.FixtureRequest, server: ServerPlace, chromium: Browser, axe: str, tmp_path: Path) -> Iterator[House]:
    with house_of(server, tmp_path / "house", chromium, axe, request.param, MONDAY) as house:
        yield house


def test_a_campaign_lives_two_weeks_in_the_browser(house: House, tmp_path: Path) -> None:
    house.own_words = frozenset((*ACCOUNTS, "admin", "wenming"))
    admin = first_hour(house)
    launch_from_word(house, admin, tmp_path)
    register_people(house, admin, tmp_path)
    passwords = {login: open_account(house, admin, login, *who) for login, who in ACCOUNTS.items()}
    go_live_and_trigger(house, admin)

    house.move("2026-10-12T14:00")
    people = {login: enter(house, login, password) for login, password in passwords.items()}
    sign_for_everything(house, people["yezhiqiu"])
    hand_in_the_ledger(house, people["yezhiqiu"], tmp_path)
    hand_in_photos_and_figures(house, people["yezhiqiu"], tmp_path)
    ask_for_more_time(house, people["jiangzhaoyue"])

    house.move("2026-10-13T10:00")
    come_back(people | {"admin": admin})
    answer_the_request(house, admin)
    return_one_and_accept_the_other(house, people["wentingyue"])
    hand_in_again(house, people["yezhiqiu"], tmp_path)
    accept_the_rest(house, people["wentingyue"])
    look_around(house, people)

    for day in ("15", "16", "19", "20", "21", "22", "23", "26"):
        house.move(f"2026-10-{day}T09:30")
    come_back(people)
    sees_what_is_late(house, people["jiangzhaoyue"])
    reads_what_was_urged(house, people["guwanqing"])
    signs_the_paper(house, people["shaoqinghe"])
    house.move("2026-10-26T15:00")
    come_back({"admin": admin})
    opens_the_gate_with_leftovers(house, people["qinmuye"])
    office_looks_back(house, admin)

    assert house.looked >= 25
    assert house.trouble == []
    assert verify(house.store, receivers=house.home / "outbox.jsonl") == []


def sign_for_everything(house: House, page: Page) -> None:
    """Notices are confirmed as read; the receipt of a paper is signed."""
    page.goto("/todo")
    expect(page.get_by_role("heading", name="我的待办")).to_be_visible()
    house.look(page, "todo", keep=True)
    page.goto("/notices")
    house.look(page, "notices", keep=True)
    follow(main(page).get_by_role("link").filter(has_text="待确认").first)
    house.look(page, "notice")
    confirm(page)
    open_duty(page, "回执")
    house.look(page, "receipt")
    page.get_by_label(re.compile("办理情况说明")).fill("分管领导季怀瑾，联络员叶知秋，已收到任务分解表。")
    press(page, "报送", exact=True)
    expect(page.get_by_role("status")).to_contain_text("已收到并保存")


def hand_in_the_ledger(house: House, page: Page, folder: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["点位", "问题", "整治日期"], ["云溪路 12 号", "乱堆放", "2026-10-12"], ["杏园巷", "小广告", "2026-10-12"]):
        book.active.append(row)
    book.save(folder / "环境整治台账.xlsx")
    open_duty(page, "环境整治台账")
    press(page, "签收")
    expect(page.get_by_role("status")).to_contain_text("已签收")
    page.locator("#files").set_input_files(folder / "环境整治台账.xlsx")
    all_arrived(page)
    page.get_by_label(re.compile("办理情况说明")).fill("两条背街小巷已清理，台账附后。")
    house.look(page, "duty", keep=True)
    press(page, "报送", exact=True)
    expect(page.get_by_role("status")).to_contain_text("第 1 版已收到并保存")


def hand_in_photos_and_figures(house: House, page: Page, folder: Path) -> None:
    open_duty(page, "整治前后对比照片")
    page.locator("#files").set_input_files([photo(folder, "整治前.jpg"), turned(photo(folder, "整治后.jpg"))])
    all_arrived(page, 2)
    page.get_by_text("填报数据").click()
    page.get_by_label("分子").fill("11")
    page.get_by_label("分母").fill("12")
    page.get_by_label("口径").fill("已整治点位/排查点位")
    press(page, "报送", exact=True)
    expect(page.get_by_role("status")).to_contain_text("第 1 版已收到并保存")
    expect(main(page)).to_contain_text("91.7%")
    house.look(page, "duty-handed-in")


def turned(path: Path) -> Path:
    """Another photo: the same bytes twice would be one."""
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        ImageOps.mirror(picture).save(path, "JPEG", quality=88)
    return path


def ask_for_more_time(house: House, page: Page) -> None:
    open_duty(page, "市场巡查记录")
    page.get_by_text("来不及？申请延期").click()
    page.get_by_label("延期到哪一天").fill("2026-10-13")
    page.get_by_label("理由").first.fill("市场改造，摊位 14 日才复市。")
    press(page, "提交延期申请")
    expect(page.get_by_role("alert")).to_contain_text("须晚于现期限")
    expect(page.get_by_label("理由").first).to_have_value("市场改造，摊位 14 日才复市。")
    house.look(page, "extension-refused")
    page.get_by_label("延期到哪一天").fill("2026-11-06")
    press(page, "提交延期申请")
    expect(page.get_by_role("status")).to_contain_text("原期限不变")


def answer_the_request(house: House, admin: Page) -> None:
    admin.goto("/requests")
    house.look(admin, "requests", keep=True)
    admin.get_by_label(re.compile("答复意见")).first.fill("同意，复市后补报。")
    press(admin, "准予延期")
    expect(admin.get_by_role("status")).to_contain_text("已答复")


def return_one_and_accept_the_other(house: House, page: Page) -> None:
    page.goto("/review")
    house.look(page, "review-queue", keep=True)
    follow(main(page).get_by_role("link").filter(has_text="整治前后对比照片").first)
    page.wait_for_function("() => [...document.querySelectorAll('img.sheet')].every(one => one.loading === 'lazy' || one.complete)")
    house.look(page, "review-version", keep=True)
    press(page, "退回补正")
    expect(page.get_by_role("alert")).to_contain_text("原因")
    page.get_by_label("图片模糊或经过压缩").check()
    page.get_by_label(re.compile("补充说明")).fill("请补拍杏园巷，并附一页说明。")
    press(page, "退回补正")
    expect(page.get_by_role("status")).to_contain_text("退回补正")
    page.goto("/review")
    for box in page.get_by_role("checkbox", name=re.compile("^选择")).all():
        box.check()
    press(page, "通过所选")
    expect(page.get_by_role("status")).to_contain_text("已通过")


def hand_in_again(house: House, page: Page, folder: Path) -> None:
    page.goto("/todo?show=returned")
    house.look(page, "todo-returned")
    open_duty(page, "整治前后对比照片", show="returned")
    expect(main(page)).to_contain_text("请补拍杏园巷")
    house.look(page, "duty-returned")
    page.get_by_role("checkbox", name=re.compile("整治前")).first.check()
    report = folder / "说明.txt"
    report.write_text("整治说明：杏园巷已补拍，长期保持。", encoding="utf-8")
    page.locator("#files").set_input_files(report)
    all_arrived(page)
    press(page, "报送", exact=True)
    expect(page.get_by_role("status")).to_contain_text("第 2 版已收到并保存")


def accept_the_rest(house: House, page: Page) -> None:
    page.goto("/review")
    follow(main(page).get_by_role("link").filter(has_text="整治前后对比照片").first)
    expect(main(page)).to_contain_text("杏园巷已补拍")
    press(page, "通过", exact=True)
    page.goto("/review")
    house.look(page, "review-done")


def look_around(house: House, people: dict[str, Page]) -> None:
    """Each role finds what is its own, and a plain answer where something is not."""
    lead = people["luowenzhou"]
    lead.goto("/")
    house.look(lead, "lead-unit")
    contact = people["yezhiqiu"]
    contact.goto("/todo?show=done")
    house.look(contact, "todo-done")
    contact.goto("/search?q=整治")
    house.look(contact, "search")
    for path, name in (("/duties/999999", "not-found"), ("/users", "not-allowed")):
        contact.goto(path)
        house.look(contact, name)
    leader = people["qinmuye"]
    for path, name in (("/", "overview"), ("/campaigns/wenming", "campaign"), ("/campaigns/wenming/phases/2", "phase")):
        leader.goto(path)
        house.look(leader, f"leader-{name}")


def sees_what_is_late(house: House, page: Page) -> None:
    page.goto("/todo?show=red")
    expect(main(page)).to_contain_text("已逾期")
    expect(main(page)).to_contain_text("督办级别")
    house.look(page, "todo-late", keep=True)
    follow(main(page).get_by_role("link").filter(has_text="环境整治台账").first)
    house.look(page, "duty-late")


def reads_what_was_urged(house: House, page: Page) -> None:
    """The head of the unit sees the same, with the papers that came to him."""
    page.goto("/notices")
    expect(main(page)).to_contain_text("督办通知书")
    house.look(page, "head-notices")
    follow(main(page).get_by_role("link").filter(has_text="督办通知书").first)
    confirm(page)
    house.look(page, "head-notice", keep=True)


def signs_the_paper(house: House, page: Page) -> None:
    page.goto("/sign")
    expect(main(page)).to_contain_text("通报")
    house.look(page, "sign", keep=True)
    follow(main(page).get_by_role("link", name=re.compile("查看全文")).first)
    house.look(page, "paper-to-sign")
    page.goto("/sign")
    follow(page.get_by_role("button", name=re.compile("名义签发")).first)
    expect(page.get_by_role("status")).to_contain_text("已签发")
    house.settle()


def opens_the_gate_with_leftovers(house: House, page: Page) -> None:
    page.goto("/campaigns/wenming")
    house.look(page, "campaign", keep=True)
    page.goto("/campaigns/wenming/phases/2")
    expect(main(page)).to_contain_text("可以作为遗留问题带走")
    house.look(page, "gate", keep=True)
    page.get_by_label("带遗留问题转段").check()
    page.get_by_label(re.compile("^理由")).fill("柳荫街道台账列为遗留，继续督办。")
    press(page, "提交验收结论")
    expect(page.get_by_role("status")).to_contain_text("已带遗留问题转段")
    house.look(page, "gate-passed")


def office_looks_back(house: House, admin: Page) -> None:
    admin.goto("/status")
    house.look(admin, "overview", keep=True)
    for path, name in (
        ("/campaigns", "campaigns"), ("/campaigns/wenming/duties", "duties"), ("/campaigns/wenming/duties?light=red", "duties-red"),
        ("/log", "log"), ("/requests?show=decided", "requests-decided"), ("/users?q=叶", "users-found"),
    ):  # fmt: skip
        admin.goto(path)
        house.look(admin, name, keep=name == "log")
