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
from playwright.sync_api import Browser, Locator, Page, expect

from campaign.work.verify import verify
from deployments.server import ServerPlace
from tests.e2e.portal.house import House, house_of
from tests.e2e.portal.test_week import photo
from tests.samples.word import WordFile

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
expect.set_options(timeout=20_000)

MONDAY = "2026-10-12T09:00"
TITLE = "青岚区创建文明城区工作方案"
OFFICE = "领导小组办公室"
PEOPLE = (
    ("云溪街道", "联络员", "叶知秋"),
    ("云溪街道", "主要负责人", "季怀瑾"),
    ("柳荫街道", "联络员", "江照月"),
    ("柳荫街道", "主要负责人", "顾晚晴"),
    ("区城管局", "联络员", "骆闻舟"),
    ("区市场监管局", "联络员", "沈星河"),
    ("区教育局", "联络员", "陆青禾"),
    ("区卫健局", "联络员", "程远山"),
    (OFFICE, "联络员", "温如言"),
)
OWN_PASSWORD = "天高云淡-望断南飞雁"


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


ACCOUNTS = {
    "yezhiqiu": ("叶知秋", "contact", "云溪街道"),
    "jiangzhaoyue": ("江照月", "contact", "柳荫街道"),
    "guwanqing": ("顾晚晴", "unit_head", "柳荫街道"),
    "luowenzhou": ("骆闻舟", "lead_unit", "区城管局"),
    "wentingyue": ("温庭岳", "reviewer", ""),
    "shaoqinghe": ("邵清和", "leader", ""),
    "qinmuye": ("秦牧野", "leader", ""),
}


def first_hour(house: House) -> Page:
    """The overview of an empty house says the next step; the first administrator changes the password before anything else."""
    note = (house.home / "run" / "first-login.txt").read_text(encoding="utf-8")
    password = re.search(r"一次性口令 (\S+)", note)
    assert password
    page = house.visitor()
    page.goto("/")
    expect(main(page)).to_contain_text("还没有创建活动")
    house.look(page, "empty-overview")
    page.goto("/login")
    house.look(page, "login", keep=True)
    page.get_by_label("登录名").fill("admin")
    page.get_by_label("口令", exact=True).fill("不是这个口令啊")
    press(page, "登录")
    expect(page.get_by_role("alert")).to_contain_text("登录名或口令不对")
    expect(page.get_by_label("登录名")).to_have_value("admin")
    page.get_by_label("口令", exact=True).fill(password[1])
    press(page, "登录")
    house.look(page, "first-password")
    change_password(page, password[1])
    for path in ("/campaigns", "/units", "/requests", "/sign", "/review", "/search?q=没有", "/log"):
        page.goto(path)
        house.look(page, "empty-" + re.sub(r"\W.*", "", path[1:]))
    return page


def change_password(page: Page, old: str) -> None:
    page.get_by_label("原口令").fill(old)
    page.get_by_label(re.compile("^新口令")).fill(OWN_PASSWORD)
    page.get_by_label("再输一次新口令").fill(OWN_PASSWORD)
    press(page, "保存新口令")
    expect(page.get_by_role("status")).to_contain_text("口令已修改")


def launch_from_word(house: House, admin: Page, folder: Path) -> None:
    plan = folder / f"{TITLE}.docx"
    write_plan(plan)
    admin.goto("/campaigns")
    admin.get_by_role("link", name="从方案启动").click()
    house.look(admin, "launch-file")
    admin.get_by_label("方案文件").set_input_files(plan)
    press(admin, "读取方案")
    expect(main(admin)).to_contain_text("必须先解决")
    house.look(admin, "launch-blank")
    admin.get_by_label(re.compile("统一补填")).fill(OFFICE)
    press(admin, "补填并重新核对")
    expect(main(admin)).to_contain_text("可以启动")
    house.look(admin, "launch", keep=True)
    admin.get_by_label("代号").fill("wenming")
    press(admin, "启动")
    expect(admin.get_by_role("status")).to_contain_text("已启动")


def register_people(house: House, admin: Page, folder: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["单位名称", "岗位", "姓名", "手机"])
    for number, (unit, post, name) in enumerate(PEOPLE):
        book.active.append([unit, post, name, f"1380000{number:04d}"])
    book.save(folder / "名册.xlsx")
    admin.goto("/units")
    admin.get_by_label(re.compile("导入名册")).set_input_files(folder / "名册.xlsx")
    press(admin, "导入", exact=True)
    expect(admin.get_by_role("status")).to_contain_text("已导入")
    house.look(admin, "units", keep=True)


def open_account(house: House, admin: Page, login: str, name: str, role: str, unit: str) -> str:
    admin.goto("/users")
    admin.get_by_label("登录名", exact=True).fill(login)
    admin.get_by_label("姓名", exact=True).fill(name)
    admin.locator("#rolenew").select_option(role)
    admin.locator("#unitnew").fill(unit)
    press(admin, "开通")
    told = admin.get_by_role("status").locator("code")
    password = told.inner_text()
    if login == "yezhiqiu":
        house.look(admin, "users")
    return password


def go_live_and_trigger(house: House, admin: Page) -> None:
    """The phase goes to Prefect; the link leads to its run, which says what was done."""
    admin.goto("/campaigns/wenming")
    press(admin, "正式启用")
    expect(admin.get_by_role("status")).to_contain_text("已正式启用")
    house.settle()
    admin.goto("/campaigns/wenming/phases/2")
    admin.get_by_label("原因（可不填）").fill("动员会后集中交办")
    press(admin, "触发", exact=True)
    expect(admin.get_by_role("status")).to_contain_text("已交给 Prefect 办理")
    with admin.expect_popup() as opened:
        admin.get_by_role("status").get_by_role("link", name="查看运行详情").click()
    run = opened.value
    expect(run.get_by_text("集中推进阶段").first).to_be_visible(timeout=60_000)
    expect(run.get_by_text("Completed").first).to_be_visible(timeout=60_000)
    run.close()
    house.trouble[:] = [one for one in house.trouble if house.server.ui_url not in one]
    house.settle()
    admin.goto("/campaigns/wenming/phases/2")
    expect(main(admin)).to_contain_text("动员会后集中交办")


def enter(house: House, login: str, password: str) -> Page:
    page = house.log_in(login, password)
    change_password(page, password)
    return page


def come_back(people: dict[str, Page]) -> None:
    """Another day: sessions of the day before have ended, and the page that was wanted comes after the login."""
    for login, page in people.items():
        page.goto("/password")
        expect(page).to_have_url(re.compile(r"/login\?next=/password"))
        page.get_by_label("登录名").fill(login)
        page.get_by_label("口令", exact=True).fill(OWN_PASSWORD)
        press(page, "登录", exact=True)
        expect(page.get_by_role("heading", name="修改口令")).to_be_visible()


def sign_for_everything(house: House, page: Page) -> None:
    """Notices are confirmed as read; the receipt of a paper is signed."""
    page.goto("/todo")
    expect(page.get_by_role("heading", name="我的待办")).to_be_visible()
    house.look(page, "todo", keep=True)
    page.goto("/notices")
    house.look(page, "notices", keep=True)
    main(page).get_by_role("link").filter(has_text="待确认").first.click()
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
    expect(page.locator(".arriving")).to_contain_text("已收到")
    page.get_by_label(re.compile("办理情况说明")).fill("两条背街小巷已清理，台账附后。")
    house.look(page, "duty", keep=True)
    press(page, "报送", exact=True)
    expect(page.get_by_role("status")).to_contain_text("第 1 版已收到并保存")


def hand_in_photos_and_figures(house: House, page: Page, folder: Path) -> None:
    open_duty(page, "整治前后对比照片")
    page.locator("#files").set_input_files([photo(folder, "整治前.jpg"), turned(photo(folder, "整治后.jpg"))])
    expect(page.locator(".arriving p").nth(1)).to_contain_text("已收到")
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
    main(page).get_by_role("link").filter(has_text="整治前后对比照片").first.click()
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
    expect(page.locator(".arriving")).to_contain_text("已收到")
    press(page, "报送", exact=True)
    expect(page.get_by_role("status")).to_contain_text("第 2 版已收到并保存")


def accept_the_rest(house: House, page: Page) -> None:
    page.goto("/review")
    main(page).get_by_role("link").filter(has_text="整治前后对比照片").first.click()
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
    main(page).get_by_role("link").filter(has_text="环境整治台账").first.click()
    house.look(page, "duty-late")


def reads_what_was_urged(house: House, page: Page) -> None:
    """The head of the unit sees the same, with the papers that came to him."""
    page.goto("/notices")
    expect(main(page)).to_contain_text("督办通知书")
    house.look(page, "head-notices")
    main(page).get_by_role("link").filter(has_text="督办通知书").first.click()
    confirm(page)
    house.look(page, "head-notice", keep=True)


def signs_the_paper(house: House, page: Page) -> None:
    page.goto("/sign")
    expect(main(page)).to_contain_text("通报")
    house.look(page, "sign", keep=True)
    main(page).get_by_role("link", name=re.compile("查看全文")).first.click()
    house.look(page, "paper-to-sign")
    page.goto("/sign")
    page.get_by_role("button", name=re.compile("名义签发")).first.click()
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


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def press(page: Page, name: str, *, exact: bool = False) -> None:
    main(page).get_by_role("button", name=name, exact=exact).first.click()


def confirm(page: Page) -> None:
    """A paper that asks for a receipt is signed for; any other is confirmed as read."""
    main(page).get_by_role("button", name=re.compile("^(签收|确认已读)$")).click()
    expect(page.get_by_role("status")).to_contain_text(re.compile("已签收|已确认阅读"))


def open_duty(page: Page, title: str, show: str = "todo") -> None:
    page.goto(f"/todo?show={show}")
    main(page).get_by_role("link").filter(has_text=title).first.click()
    expect(page.get_by_role("heading", name="要求")).to_be_visible()


def write_plan(path: Path) -> None:
    """An invented district's plan, as an office would type it: a table of tasks, and one sentence that names nobody."""
    word = WordFile()
    for text in (
        TITLE,
        "为巩固创建成果，根据《全国文明城区测评体系》，结合本区实际，制定本方案。",
        "一、组织领导",
        "成立青岚区创建工作领导小组。组长：秦牧野（区委副书记）。领导小组下设办公室，办公室设在区文明办，办公室主任由邵清和担任。",
        "二、任务分解表",
    ):
        word.paragraph(text)
    word.table(
        [
            ["序号", "任务事项", "牵头单位", "责任单位", "完成时限", "报送资料"],
            ["1", "清理背街小巷", "区城管局", "云溪街道、柳荫街道", "10月14日前", "环境整治台账、整治前后对比照片"],
            ["2", "规范集贸市场", "区市场监管局", "云溪街道、柳荫街道", "10月29日前", "市场巡查记录"],
            ["3", "整治校园周边秩序", "区教育局", "区教育局", "10月30日前", "联合检查记录"],
            ["4", "开展健康教育讲座", "区卫健局", "区卫健局", "11月5日前", "讲座签到表、讲座照片"],
        ]
    )
    for text in (
        "三、实施步骤",
        "（一）动员部署阶段（10月12日至10月16日）。召开动员会，明确责任分工。",
        "（二）集中推进阶段（10月12日至11月10日）。逐项落实任务，按时报送资料。",
        "（三）自查整改阶段（11月11日至11月30日）。对照标准开展自查，对发现的问题限期整改。",
        "（四）总结巩固阶段（12月1日至12月20日）。总结经验，健全长效机制。",
    ):
        word.paragraph(text)
    word.save(path)
