"""What must not be written into a hand-in: marks of classified papers, and identity-card numbers, which a person has to look at first.

Pure text rules. An identity-card number is known by its check digit, so that a long document number is not taken for one.
"""

from __future__ import annotations

import re

_ID = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
_MARK = re.compile(r"(绝\s*密|机\s*密|秘\s*密)\s*[★☆]|[★☆]\s*(绝\s*密|机\s*密|秘\s*密)|密级\s*[:：]\s*(绝密|机密|秘密)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


_LEDGER = re.compile(r"台账|名册|名单|花名册|登记表|登记册|底册|档案|信息表")
_PEOPLE = re.compile(
    r"病人|患者|精神障碍|艾滋|结核|传染病|吸毒|戒毒|涉毒|重点人口|重点人员|重点对象|社区矫正|刑满释放|刑释|信访人|上访|邪教|"
    r"困境儿童|留守儿童|未成年|低保|特困|失独|残疾人|流动人口|易肇事肇祸"
)


def is_sensitive_ledger(title: str) -> bool:
    """A list of people whom being on it may harm, as 严重精神障碍患者台账: that it exists is attested, the list itself stays where it is."""
    return bool(_LEDGER.search(title) and _PEOPLE.search(title))


def identity_numbers(text: str) -> list[str]:
    """Those in the text, shown with their middle hidden: 110101********1234."""
    return [f"{found[:6]}********{found[-4:]}" for found in _ID.findall(text) if _holds(found)]


def classification_mark(text: str) -> str | None:
    """The level that a mark in the text gives: 机密★, 密级:秘密. The words alone, as in 保守国家秘密, are no mark."""
    found = _MARK.search(text)
    return re.sub(r"\s", "", next(part for part in found.groups() if part)) if found else None


def _holds(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == number[17].upper()
