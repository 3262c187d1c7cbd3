"""The menu lists what the visitor may open, in one line on a phone, and always says where one is."""

from __future__ import annotations

import pytest

from campaign.portal.access import ACCESS, Anyone, Role
from campaign.portal.menu import ON_A_PHONE, Menu, menu


def of(role: Role, path: str = "/password") -> Menu:
    def may(route: str) -> bool:
        rule = ACCESS[route]
        return isinstance(rule, Anyone) or role in rule

    return menu(may, path)


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_on_a_phone_one_line_stands_open_and_the_rest_is_folded_but_not_lost(role: Role) -> None:
    found = of(role)
    first = [one for one in found.shown if one.first]
    assert 1 <= len(first) <= ON_A_PHONE + (0 if found.second else 1)
    assert len(first) + len(found.second) == len(found.shown)


def test_who_owes_sees_that_first_and_who_runs_a_campaign_the_campaign() -> None:
    assert [one.words for one in of(Role.CONTACT).shown if one.first] == ["我的待办", "文书通知"]
    assert [one.words for one in of(Role.ADMIN).shown if one.first] == ["审核", "创建活动"]


def test_the_fold_bears_the_name_of_the_page_that_lies_below_it() -> None:
    assert (of(Role.ADMIN).name(phone=True), of(Role.ADMIN).name(phone=False)) == ("更多", "更多")
    assert (of(Role.ADMIN, "/sign").name(phone=True), of(Role.ADMIN, "/sign").name(phone=False)) == ("签发", "更多")
    assert (of(Role.ADMIN, "/units/U1").name(phone=True), of(Role.ADMIN, "/units/U1").name(phone=False)) == ("单位人员", "单位人员")
    assert of(Role.ADMIN, "/campaigns/x").name(phone=True) == "更多"
