"""The run dialogs offer real campaigns and only fitting phases."""

from __future__ import annotations

from typing import Any

import pytest

from campaign.engine.forms import EVERY, PhaseForm, choice, key_of, name_of
from campaign.engine.names import PASSES, PHASES
from campaign.engine.selects import CampaignChoice, PhaseChoice, offering
from campaign.plan.spec import PhaseKind

CITY = CampaignChoice("city", "创建文明城市", (PhaseChoice("p1", "动员部署", "mobilization"), PhaseChoice("p2", "全面推进", "rollout")))
SAFE = CampaignChoice("safe", "平安建设", (PhaseChoice("p1", "自查一轮", "rectification"), PhaseChoice("p3", "自查二轮", "rectification")))


def schema() -> dict[str, Any]:
    return {"properties": {"request": {}}, "definitions": {"PhaseForm": {"properties": {"campaign": {"enum": ["old"]}, "phase": {}, "reason": {}}}}}


def offered(kind: str, *campaigns: CampaignChoice) -> dict[str, Any]:
    fields: dict[str, Any] = offering(schema(), PHASES[kind], campaigns)["definitions"]["PhaseForm"]["properties"]
    return fields


def test_a_phase_dialog_offers_only_campaigns_and_phases_of_its_kind() -> None:
    fields = offered(PhaseKind.RECTIFICATION, CITY, SAFE)
    assert fields["campaign"]["enum"] == ["safe · 平安建设"]
    assert fields["phase"]["enum"] == ["p1 · 自查一轮", "p3 · 自查二轮"]
    assert "enum" not in fields["reason"]


def test_without_campaigns_the_fields_are_free_text() -> None:
    fields = offered(PhaseKind.ROLLOUT)
    assert "enum" not in fields["campaign"]
    assert "enum" not in fields["phase"]


def test_a_pass_over_everything_offers_everything_first() -> None:
    fields = offering(schema(), PASSES["supervision"], [CITY, SAFE])["definitions"]["PhaseForm"]["properties"]
    assert fields["campaign"]["enum"] == [EVERY, "city · 创建文明城市", "safe · 平安建设"]


def test_the_given_schema_is_left_alone() -> None:
    before = schema()
    offering(before, PHASES[PhaseKind.ROLLOUT], [CITY])
    assert before == schema()


@pytest.mark.parametrize(("chosen", "key", "name"), [("city · 创建 · 文明城市", "city", "创建 · 文明城市"), ("city", "city", "city"), (EVERY, None, EVERY)])
def test_a_choice_reads_back(chosen: str, key: str | None, name: str) -> None:
    assert (key_of(chosen), name_of(chosen)) == (key, name)
    assert key is None or key_of(choice(key, name)) == key


def test_a_form_has_chinese_titles_only() -> None:
    titles = [field["title"] for field in PhaseForm.model_json_schema()["properties"].values()]
    assert all(not title.isascii() for title in titles)
