"""What a person fills in wrongly in Prefect's dialog is told by the names of its fields."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from campaign.engine.forms import CampaignForm, PhaseForm, faults_in


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        ({"campaign": "x", "phase": "1", "at": "明天"}, ["「按此时间推演」应写成 2026-06-01T09:00 这样的时间"]),
        ({"campaign": "", "phase": "1"}, ["「创建活动」没有填写"]),
        ({"campaign": "x"}, ["「阶段」没有填写"]),
        ({"campaign": "x", "phase": "1", "reason": "长" * 201}, ["「原因」太长"]),
        ({"campaign": ["x"], "phase": "1"}, ["「创建活动」填写不对"]),
        ({"campaign": "x", "phase": "1", "actor": "甲"}, ["没有「actor」这一栏"]),
        ({"campaign": "x", "phase": "1"}, []),
    ],
    ids=["time", "empty", "missing", "long", "type", "unknown", "right"],
)
def test_each_fault_is_told_by_the_title_of_its_field(filled: dict[str, Any], told: list[str]) -> None:
    assert faults_in(PhaseForm, {"request": filled}) == told


def test_a_form_with_defaults_may_be_left_out() -> None:
    assert faults_in(CampaignForm, {}) == []
    assert faults_in(PhaseForm, {}) == ["「创建活动」没有填写", "「阶段」没有填写"]


def test_what_stands_beside_the_form_is_told_too() -> None:
    """Prefect's dialog lets a person write the parameters as JSON, and lets what it does not know through."""
    assert faults_in(PhaseForm, {"request": {"campaign": "x", "phase": "1"}, "more": 1}) == ["没有「more」这一栏"]
    assert faults_in(PhaseForm, {"request": {"campaign": "x"}, "more": 1}) == ["没有「more」这一栏", "「阶段」没有填写"]


def test_a_time_without_offset_is_campaign_time() -> None:
    given = CampaignForm.model_validate({"at": "2026-06-01T09:00"}).at
    assert given == datetime(2026, 6, 1, 1, tzinfo=UTC)
