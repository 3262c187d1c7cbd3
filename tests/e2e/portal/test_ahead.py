"""What an administrator looks at before it happens: a rehearsal from today on, the next two weeks, the package. The pages come by themselves."""

from __future__ import annotations

import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.portal.conftest import DESK, PHONE, Visitor, keep_picture
from tests.e2e.portal.gestures import follow, main, press

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
PATIENCE = 300_000
HOME = "/campaigns/wanglan"


def main_link(page: Page, name: str) -> None:
    follow(main(page).get_by_role("link", name=name).first)


def test_a_running_campaign_is_played_on_and_the_report_comes_by_itself(visitor: Visitor) -> None:
    page = visitor("demo-admin", DESK, java_script_enabled=False)
    page.goto(HOME)
    main_link(page, "从今天起推演")
    page.get_by_label("普遍拖延").check()
    press(page, "开始推演")
    expect(page.get_by_role("heading", name="需要留意")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("img", name=re.compile("时间图"))).to_be_visible()
    keep_picture(page, "rehearsal")
    with page.expect_download() as taken:
        main(page).get_by_role("link", name="下载报告").first.click()
    assert taken.value.path().read_text(encoding="utf-8").startswith("<!doctype html>")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # width and height
    keep_picture(page, "rehearsal-phone")


def test_what_will_be_sent_is_seen_by_day_and_leads_to_the_duty(visitor: Visitor) -> None:
    page = visitor("demo-admin", DESK)
    page.goto(HOME)
    main_link(page, "预告")
    press(page, "推算", exact=True)
    expect(page.get_by_role("heading", name="今后 14 天")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".daystrip .rest").nth(1)).to_be_visible()
    keep_picture(page, "preview")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # width and height
    keep_picture(page, "preview-phone")
    follow(page.locator(".plain a").first)
    expect(page).to_have_url(re.compile(r"/duties/\d+"))


def test_a_draft_of_the_package_is_built_checked_and_taken_away(visitor: Visitor) -> None:
    page = visitor("demo-admin", DESK)
    page.goto(HOME)
    main_link(page, "迎检资料包")
    press(page, "生成草稿")
    expect(page.get_by_role("link", name="下载")).to_be_visible(timeout=PATIENCE)
    press(page, "校验")
    expect(page.get_by_text("全部文件与校验清单一致")).to_be_visible(timeout=PATIENCE)
    keep_picture(page, "package")
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载").click()
    with zipfile.ZipFile(taken.value.path()) as archive:
        assert archive.testzip() is None
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # width and height
    keep_picture(page, "package-phone")
