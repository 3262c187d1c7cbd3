"""The first day of a house: the first administrator, a Word plan through the review page, names and accounts, the phase triggered in Prefect."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.e2e.portal.gestures import follow, main, press
from tests.e2e.portal.house import House
from tests.samples.word import WordFile

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
    follow(admin.get_by_role("link", name="从方案启动"))
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
    expect(run.get_by_text("集中推进阶段").first).to_be_visible(timeout=180_000)
    expect(run.get_by_text("Completed").first).to_be_visible(timeout=180_000)
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
