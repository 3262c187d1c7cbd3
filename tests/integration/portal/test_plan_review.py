"""The review page of a plan: what is missing is filled in or taken out there, in words that are no command's."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from sqlmodel import col, select

from campaign.plan.yaml_file import parse_plan
from campaign.portal.place import Place
from campaign.portal.plan_edit import corrected, grouped, placed, plain
from campaign.portal.wording import plan_day
from campaign.records.tables import Duty, PlanVersion, Unit
from tests.integration.portal.conftest import open_account

PLAN = """\
title: 示例区创建工作方案
kind: campaign_plan
basis: [示例依据]
organisation: {name: 领导小组, head: [{name: 秦牧野}], office: {name: 示例创建办}}
phases:
  - name: 推进
    kind: rollout
    start: 2026-11-01
    end: 2026-12-31
    tasks:
      - title: 逐项落实
items:
  - title: 清理背街小巷   # 重点
    lead_unit: 区城管局
  - title: 整治市场
  - title: 二、工作任务
"""


def leads(text: str) -> dict[str, str]:
    return {item.title: str(item.lead_unit or "") for _, item in placed(parse_plan(text).spec)}


def test_one_lead_is_typed_in_the_rest_filled_at_once_and_what_is_no_task_goes() -> None:
    text = corrected(PLAN, {"lead-items-1": "区市场监管局", "lead_for_all": "示例创建办", "drop-items-2": "1"})
    assert leads(text) == {"逐项落实": "示例创建办", "清理背街小巷": "区城管局", "整治市场": "区市场监管局"}
    assert "# 重点" in text, "the rest of the text stays as the person wrote it"
    assert parse_plan(text).spec.phases[0].tasks[0].assumed
    assert not parse_plan(text).spec.items[1].assumed


def test_nothing_typed_changes_nothing() -> None:
    assert corrected(PLAN, {"lead-items-1": "", "reason": "x"}) == PLAN


def test_several_tasks_are_taken_out_by_the_numbers_that_the_page_showed() -> None:
    assert leads(corrected(PLAN, {"drop-items-0": "1", "drop-items-1": "1", "drop-phases-0-tasks-0": "1"})) == {"二、工作任务": ""}


def test_a_page_names_fields_and_not_options() -> None:
    assert plain("填写 lead_unit；暂时定不下来时用 --assume-lead 单位名 统一补填") == "填写牵头单位；暂时定不下来时，可在下面统一补填"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-11-05", "2026年11月5日"),
        ("inspection-7d", "迎检前 7 天"),
        ("launch+3d", "启动后 3 天"),
        ("event:活动结束+7d", "「活动结束」后 7 天"),
        ("年底", "年底"),
    ],
)
def test_a_time_of_a_plan_is_said_in_words(value: str, said: str) -> None:
    assert plan_day(value) == said


def test_the_page_leads_from_a_plan_with_gaps_to_a_launch(empty_place: Place) -> None:
    client = open_account(empty_place, "guan", ("admin", None))
    page = client.post("/launch/review", {"year": "2026"}, page="/launch", files=[("file", ("方案.yaml", PLAN.encode()))])
    assert "必须先解决" in page.text
    assert page.text.count("空缺，请填写") == 3
    assert "--assume-lead" not in page.text
    assert ">启动</button>" not in page.text, "a plan with gaps cannot be launched"
    plan = parse_plan(PLAN)
    assert plan.spec.items
    filled = client.post("/launch/review", {"plan": PLAN, "lead-items-1": "区市场监管局", "lead_for_all": "示例创建办", "drop-items-2": "1"}, page="/launch")
    assert filled.status_code == 200
    assert "可以启动" in filled.text
    assert ">启动</button>" in filled.text
    answer = client.post("/launch", {"plan": corrected(PLAN, {"lead_for_all": "示例创建办"}), "slug": "shili"}, page="/launch")
    assert answer.status_code == 303
    assert "应办事项" in client.get("/campaigns/shili").text


def test_a_bad_lead_gives_the_text_back(empty_place: Place) -> None:
    client = open_account(empty_place, "guan", ("admin", None))
    page = client.post("/launch/review", {"plan": "标题: [", "lead_for_all": "示例创建办"}, page="/launch")
    assert page.status_code == 400
    assert "标题: [" in page.text


def test_findings_of_one_kind_are_told_once_with_their_sentences() -> None:
    from campaign.plan.check import check_plan

    found = grouped([one for one in check_plan(parse_plan(PLAN).spec, today=date(2026, 11, 1)) if one.level == "error"])
    assert [(one["title"], one["total"]) for one in found] == [("牵头单位空缺", 3)]


def test_a_changed_plan_is_shown_first_and_applied_only_when_confirmed(empty_place: Place) -> None:
    client = open_account(empty_place, "guan", ("admin", None))
    first = corrected(PLAN, {"lead_for_all": "示例创建办"})
    client.post("/launch", {"plan": first, "slug": "shili"}, page="/launch")
    again = client.post("/launch", {"plan": first, "slug": "shili"}, page="/launch")
    assert "什么都没有变" in client.get(again.headers["location"]).text
    changed = first.replace("lead_unit: 区城管局", "lead_unit: 区住建局").replace("2026-12-31", "2026-11-30")
    page = client.post("/launch", {"plan": changed, "slug": "shili"}, page="/launch")
    assert page.status_code == 200
    for words in ("还没有应用", "区城管局 → 区住建局", "结束日期：2026-12-31 → 2026-11-30", "新增应办事项（", "取消应办事项（", "新建单位（1）"):
        assert words in page.text, words
    assert standing(empty_place) == (1, {"区城管局", "示例创建办"}), "looking changes nothing"
    form = {name: unescape(value) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)}
    done = client.post("/launch", form | {"reason": "补充通知〔2026〕3号"}, page="/launch")
    assert done.status_code == 303
    assert "已应用改动" in client.get(done.headers["location"]).text
    assert standing(empty_place) == (2, {"区住建局", "示例创建办"})
    assert "补充通知〔2026〕3号" in client.get("/log?verb=replan").text


def test_a_confirmation_of_what_has_changed_meanwhile_applies_nothing(empty_place: Place) -> None:
    client = open_account(empty_place, "guan", ("admin", None))
    first = corrected(PLAN, {"lead_for_all": "示例创建办"})
    client.post("/launch", {"plan": first, "slug": "shili"}, page="/launch")
    changed = first.replace("lead_unit: 区城管局", "lead_unit: 区住建局")
    page = client.post("/launch", {"plan": changed, "slug": "shili", "agreed": "0" * 64}, page="/launch")
    assert page.status_code == 409
    assert "情况又有变化" in page.text
    assert standing(empty_place) == (1, {"区城管局", "示例创建办"})


def test_a_slug_of_another_plan_is_refused_in_the_words_of_the_page(empty_place: Place) -> None:
    client = open_account(empty_place, "guan", ("admin", None))
    first = corrected(PLAN, {"lead_for_all": "示例创建办"})
    client.post("/launch", {"plan": first, "slug": "shili"}, page="/launch")
    page = client.post("/launch", {"plan": first.replace("示例区创建工作方案", "另一方案"), "slug": "shili"}, page="/launch")
    assert page.status_code == 400
    assert "请在下面另起一个代号" in page.text


def standing(place: Place) -> tuple[int, set[str]]:
    """Versions of the plan, and the units that owe something."""
    with place.store.read() as tx:
        owed = select(Unit.name).join(Duty, col(Duty.unit_id) == col(Unit.id)).where(col(Duty.state).in_(("waiting", "open")), Duty.kind == "perform")
        return len(tx.exec(select(PlanVersion)).all()), set(tx.exec(owed).all())
