"""Which paper a unit gets, by how it stands to the office, and how papers are numbered.

Owns three tables: the form by relation (one does not 督办 a bureau that answers to the province, a university or a company: one asks it), the
代字 of each form, and which carry no number at all. Refuses to look anything up: kind, name and the office's own settings are arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Relation = Literal["subordinate", "peer", "superior"]
RELATION_WORDS: Mapping[str, Relation] = MappingProxyType(
    {"下级": "subordinate", "平级": "peer", "不相隶属": "peer", "上级": "superior", "subordinate": "subordinate", "peer": "peer", "superior": "superior"}
)
_SUPERIOR_KINDS = ("上级", "领导小组", "指挥部")
_PEER_KINDS = ("平级", "不相隶属", "垂管", "垂直管理", "派驻", "驻区", "驻市", "部队", "高校", "大学", "学院", "企业", "公司", "银行", "社会组织", "院校")
_PEER_NAMES = ("大学", "学院", "公司", "集团", "银行", "税务局", "海关", "气象局")

_LETTER, _REMINDER, _REPORT = "商请函", "工作提醒函", "工作情况报告"
FORMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "任务分解通知": (_LETTER, _REPORT),
        "工作提醒": (_REMINDER, _REPORT),
        "催办通知单": (_REMINDER, _REPORT),
        "督办通知书": (_LETTER, _REPORT),
        "整改通知单": (_LETTER, _REPORT),
        "退回补正通知": (_REMINDER, _REPORT),
        "调整通知": (_REMINDER, _REPORT),
        "通报": (_LETTER, _REPORT),
    }
)
"""Kind → its form for a unit of the same level or outside, and for one above."""

CODES: Mapping[str, str] = MappingProxyType(
    {
        "督办通知书": "督", "通报": "通", "商请函": "函", "工作提醒函": "函", "提请问责建议函": "函", "整改通知单": "整", "工作情况报告": "报",
        "督办情况报告": "报", "调整通知": "发", "更正通知": "发", "撤回通知": "发",
    }
)  # fmt: skip
UNNUMBERED = frozenset({"工作提醒", "催办通知单", "任务分解通知", "退回补正通知", "签发提醒", "签收提醒", "督办抄告单", "督办汇总单", "事项变动告知单"})
RECEIPTED = frozenset({"任务分解通知", "督办通知书", "整改通知单"})
"""Papers that a unit below the office signs for; a letter to others is not asked to be."""
COPY_TO_LEAD = "督办抄告单"
SUMMARY = "督办汇总单"
"""What a person was not told one by one, for he had three messages that day: one message the next day."""
LISTS_OTHERS = frozenset({COPY_TO_LEAD, SUMMARY})
"""Papers that list the work of other units than the one they go to."""
CHANGES = "事项变动告知单"
"""What the office decided about single duties: 延期, 免报, 取消, 暂缓, an answer to a request. It is told of finished duties as well."""
BULLETINS = frozenset({"日报", "周报", "月报", "工作简报"})
NUMBERED_ALWAYS = frozenset({"整改通知单", "调整通知", "更正通知", "撤回通知"}) | BULLETINS
"""Without a rung that says so."""


def relation_of(name: str, kind: str | None, *, external: bool = False, chosen: Mapping[str, str] = MappingProxyType({})) -> Relation:
    """How a unit stands to the office. `chosen` are the office's own words, by a unit's name or a kind, and win; then the kind, then the name."""
    for key in (name, kind or ""):
        if chosen.get(key) in RELATION_WORDS:
            return RELATION_WORDS[chosen[key]]
    if kind and any(word in kind for word in _SUPERIOR_KINDS):
        return "superior"
    if external or (kind and any(word in kind for word in _PEER_KINDS)):
        return "peer"
    return "peer" if not kind and name.endswith(_PEER_NAMES) else "subordinate"


def form_for(kind: str, relation: Relation) -> str:
    """The paper that says the same thing to this unit; what is not in the table goes to everybody as it is."""
    if relation == "subordinate" or kind not in FORMS:
        return kind
    peer, superior = FORMS[kind]
    return peer if relation == "peer" else superior


def code_of(kind: str, relation: Relation) -> str | None:
    """The 代字, 「字」 for a paper of an office's own; None for what carries no number. 提醒 and 催办 carry none in any form."""
    if kind in UNNUMBERED:
        return None
    return CODES.get(form_for(kind, relation), "字")


def is_numbered(kind: str, *, by_rung: bool) -> bool:
    return kind in NUMBERED_ALWAYS or (by_rung and kind not in UNNUMBERED)
