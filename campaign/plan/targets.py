"""What a text lets us count or check: numbers with a unit, %, 全覆盖, 无…/杜绝… as zero.

Owns the clause → metric, comparison, number, unit. Refuses dates, prices and the numbers that only name things (24字, 三个代表).
"""

from __future__ import annotations

import re
from typing import Literal

from campaign.plan.normal import number
from campaign.plan.spec import Target

_UNIT = (
    r"(?:%|个百分点|人次|人|户|家|次|场|篇|份|条|个|名|处|块|平方米|公里|米|亩|吨|万元|元|天|小时|分钟|课时|学时|期|幅|套|件|支|辆"
    r"|项|例|起|班|所|张|册|本|盏|株|棵|间|表|类|部|台|遍|分)(?:/[\u4e00-\u9fff]{1,2})?"
)
_NUMBER = r"(?:\d+(?:[.。]\d+)?|[一二两三四五六七八九十百千]{1,5}|半)"
_PERCENT = re.compile(
    r"(?P<metric>[^,。;:\d≥≤]{0,24}?)(?P<op>达到?|不低于|不少于|高于|超过|≥|≤|不超过|低于|控制在|保持在|为|在|至|提高到)?\s*(?P<n>\d+(?:\.\d+)?"
    r"|百分之[一二三四五六七八九十百]+)(?P<u>%)?(?P<after>以上|以下|以内)?"
)
_COUNT = re.compile(rf"(?P<n>{_NUMBER})(?:多|余)?(?P<u>{_UNIT})(?P<after>以上|以下|以内)?")
_OP = re.compile(r"(?P<op>不少于|不低于|不得少于|至少|达到?|不超过|超过|不多于|不得超过|控制在|限制在|≥|≤|各)[^,。;\d]{0,14}$")
_KIND = re.compile(r"[一二三四五六七八九十]+(?:个|项|类)")
_ALL = re.compile(r"[^,。;:]{0,16}?(?:全覆盖|全部达标|百分之百|零容忍|无一遗漏|应\S{1,2}尽\S{1,2}|无盲区|无死角)[^,。;]{0,6}")
_NONE_START = re.compile(
    r"(?:^|[,。;:、])\s*(?:[^,。;:、]{0,8}?(?:做到|确保|达到|实现))?(?P<text>[^,。;:、无零有]{0,6}(?:无(?!烟|毒(?=社区|校园|村|单位|乡镇|县|家庭|学校)|纸化|害化|公害|绿化|论|须|需|法|条件|偿|障碍|私|数|人机|缝"
    r"|线)|杜绝|坚决杜绝|零(?!星|售|散|距离|陪|食|钱"
    r"|报))[\u4e00-\u9fff“”]{2,14})"
)
_EACH = re.compile(r"一[户村人档岗事季月企社区家校]一[表册档策图卡案评码牌]")
_PRICE = re.compile(r"罚款|扣发|补助|工资|奖励\d|津贴|预算|元/|处罚")
_FLOW = re.compile(r"[\d.]+月|\d+日|\d+[时:]\d*")
_AT_MOST = ("不超过", "不多于", "不得超过", "控制在", "限制在", "≤", "低于", "以下", "以内")


def targets_of(text: str) -> tuple[Target, ...]:
    """Targets of a folded text, clause by clause, each with the plan's words; at most twelve."""
    found: list[Target] = []
    for clause in re.split(r"[。;\n]|,(?!\d)", text):
        clause = clause.strip(" 、:")
        if 3 <= len(clause) <= 120 and not _PRICE.search(clause):
            found.extend(_in_clause(clause))
        if len(found) >= 12:
            break
    return tuple(found[:12])


def _in_clause(clause: str) -> list[Target]:
    if "%" in clause or "百分之" in clause:
        rows = [_percent(clause, m) for m in _PERCENT.finditer(clause) if m.group("u") or m.group("n").startswith("百分")]
        return [r for r in rows if r]
    if each := _EACH.findall(clause):
        return [Target(metric="、".join(each)[:40], op="=", value=1, text=clause)]
    if every := _ALL.search(clause):
        return [Target(metric=every.group(0)[:40], op="=", value=100, unit="%", text=clause)]
    zero = [Target(metric=m.group("text")[:40], op="=", value=0, text=m.group("text")) for m in _NONE_START.finditer(clause)]
    return zero or _counted(clause)


def _percent(clause: str, found: re.Match[str]) -> Target | None:
    digits = found.group("n")
    value = float(number(digits.removeprefix("百分之")) or 0) if digits.startswith("百分") else float(digits)
    words = clause[: found.start("op") if found.group("op") else found.start("n")]
    return Target(
        metric=_metric(re.split(r"[、\d%]", words)[-1][-24:] or words[-24:]),
        op=_op(found.group("op"), found.group("after")),
        value=value,
        unit="%",
        text=clause,
    )


def _counted(clause: str) -> list[Target]:
    rows: list[Target] = []
    last = 0
    for found in _COUNT.finditer(clause):
        start, digits = found.start(), found.group("n").replace("。", ".")
        before = _OP.search(clause[max(last, start - 20) : start])
        op = before.group("op") if before else ""
        firm = bool(op or found.group("after") or digits[0].isdigit() or found.group("u").startswith("次"))
        if not firm or (digits, found.group("u")) == ("24", "小时") or _FLOW.match(clause, start) or (_KIND.match(clause, start) and not op):
            continue
        value = float(digits) if digits[0].isdigit() else 0.5 if digits == "半" else float(number(digits) or 0)
        words = clause[last:start] if not before else clause[last : max(last, start - 20) + before.start()]
        rows.append(Target(metric=_metric(words[-24:]), op=_op(op, found.group("after")), value=value, unit=found.group("u"), text=clause))
        last = found.end()
    return rows


def _op(before: str | None, after: str | None) -> Literal[">=", "<=", "="]:
    if before in _AT_MOST or after in _AT_MOST:
        return "<="
    return ">=" if after == "以上" or before in ("不少于", "不低于", "不得少于", "至少", "超过", "高于", "≥", "达", "达到", "提高到") else "="


def _metric(text: str) -> str:
    return re.sub(r"^(?:要求|确保|力争|使|做到|其中|让|实现|需完成|完成)", "", text).strip(" 的")[:40]
