"""Marks and numbers that must not be handed in unseen."""

from __future__ import annotations

import pytest

from campaign.rules.sensitive import classification_mark, identity_numbers

VALID = "11010519491231002X"
"""The example of the standard, nobody's own."""


@pytest.mark.parametrize("text", [f"身份证 {VALID}", f"({VALID.lower()})", f"号码{VALID}，住址"])
def test_an_identity_number_is_found_and_shown_with_its_middle_hidden(text: str) -> None:
    assert [found.upper() for found in identity_numbers(text)] == ["110105********002X"]


@pytest.mark.parametrize("text", ["文号 110105194912310021", "电话 13800000000", f"9{VALID}", "11010519491331002X", ""])
def test_other_long_numbers_are_none(text: str) -> None:
    assert identity_numbers(text) == []


@pytest.mark.parametrize(("text", "level"), [("机密★1年", "机密"), ("秘 密 ★", "秘密"), ("★绝密", "绝密"), ("密级：秘密", "秘密")])
def test_a_mark_is_known_by_its_form(text: str, level: str) -> None:
    assert classification_mark(text) == level


@pytest.mark.parametrize("text", ["保守国家秘密", "不得上传涉密信息", "机密性要求", "★优秀"])
def test_the_words_alone_are_no_mark(text: str) -> None:
    assert classification_mark(text) is None
