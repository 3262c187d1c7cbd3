"""The paper follows the relation, and each form has its number or none."""

from __future__ import annotations

import pytest

from campaign.rules.papers import CODES, FORMS, Relation, code_of, form_for, is_numbered, relation_of


@pytest.mark.parametrize(
    ("name", "kind", "external", "chosen", "relation"),
    [
        pytest.param("区住建局", "部门", False, {}, "subordinate", id="a department"),
        pytest.param("东岸街道", "街道", False, {}, "subordinate", id="a street"),
        pytest.param("区税务局", "垂管单位", False, {}, "peer", id="answers to the province"),
        pytest.param("临江学院", "高校", False, {}, "peer", id="a university by kind"),
        pytest.param("临江大学", None, False, {}, "peer", id="a university by name"),
        pytest.param("临江水务有限公司", None, False, {}, "peer", id="a company by name"),
        pytest.param("职业学院街道", "街道", False, {}, "subordinate", id="the kind beats the name"),
        pytest.param("某部队", "部门", True, {}, "peer", id="outside the tree"),
        pytest.param("市爱卫办", "上级机关", False, {}, "superior", id="above"),
        pytest.param("区税务局", "部门", False, {"区税务局": "平级"}, "peer", id="the office's word for the unit"),
        pytest.param("第一中学", "学校", False, {"学校": "peer"}, "peer", id="the office's word for the kind"),
        pytest.param("临江学院", "高校", True, {"临江学院": "下级"}, "subordinate", id="the office's word wins"),
        pytest.param("区住建局", "部门", False, {"区住建局": "无"}, "subordinate", id="a word nobody knows is none"),
    ],
)
def test_relation_by_setting_then_kind_then_name(name: str, kind: str | None, external: bool, chosen: dict[str, str], relation: Relation) -> None:
    assert relation_of(name, kind, external=external, chosen=chosen) == relation


@pytest.mark.parametrize(
    ("kind", "relation", "form", "code"),
    [
        ("督办通知书", "subordinate", "督办通知书", "督"),
        ("督办通知书", "peer", "商请函", "函"),
        ("督办通知书", "superior", "工作情况报告", "报"),
        ("催办通知单", "subordinate", "催办通知单", None),
        ("催办通知单", "peer", "工作提醒函", None),
        ("工作提醒", "peer", "工作提醒函", None),
        ("整改通知单", "subordinate", "整改通知单", "整"),
        ("整改通知单", "peer", "商请函", "函"),
        ("通报", "subordinate", "通报", "通"),
        ("提请问责建议函", "peer", "提请问责建议函", "函"),
        ("周报", "superior", "周报", "字"),
        ("约谈通知", "subordinate", "约谈通知", "字"),
    ],
)
def test_form_and_code(kind: str, relation: Relation, form: str, code: str | None) -> None:
    assert (form_for(kind, relation), code_of(kind, relation)) == (form, code)


@pytest.mark.parametrize("relation", ["peer", "superior"])
def test_nobody_above_or_beside_is_ordered_about(relation: Relation) -> None:
    forms = {form_for(kind, relation) for kind in FORMS}
    assert not forms & {"督办通知书", "催办通知单", "整改通知单", "通报", "任务分解通知"}
    assert all(form in CODES for form in forms)


@pytest.mark.parametrize(
    ("kind", "by_rung", "numbered"), [("催办通知单", True, False), ("督办通知书", True, True), ("督办通知书", False, False), ("整改通知单", False, True)]
)
def test_which_papers_carry_a_number(kind: str, by_rung: bool, numbered: bool) -> None:
    assert is_numbered(kind, by_rung=by_rung) is numbered
