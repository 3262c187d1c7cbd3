"""Periods that a text states: 每月10日, 每季度, 不定期, 日报告, named yearly days.

Refuses 经常, 常态化, 长期 and seasons: they name no period that a calendar could open a duty for.
"""

from __future__ import annotations

import re

from campaign.plan.normal import number
from campaign.plan.spec import Recurrence

_EVERY: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "day",
        re.compile(
            r"(?:每天|每日|每晚|天天|逐日|一日一|日(?:报告|报制|调度|排查|巡查|汇报|通报)|零报告|日产日清(?!.{0,3}无))(?:[上下]午|早晚|晚上"
            r"|早上)?(?:各?(?:做)?[一二两三四\d]+次)?"
        ),
    ),
    (
        "week",
        re.compile(
            r"(?:每(?:个)?(?:周|星期)|逢周|一周一)(?:[一二三四五六日末](?!次))?(?:[、和](?:周|星期)?[一二三四五六日](?!次))*(?:[上下]午)?"
            r"|周(?:报(?!道)|调度|例会"
            r"|通报|检查|巡查)|周督查"
        ),
    ),
    (
        "month",
        re.compile(
            r"每(?:个)?月(?:的)?(?:\d{1,2}[日号]|[上中下]旬|底|初|末|中旬)?前?|按月|逐月|月(?:报(?!刊)|调度|例会|通报|测评|检查|考核|督查)(?!告)"
            r"|一月一|每半月|半月(?:报|一)"
        ),
    ),
    ("quarter", re.compile(r"每(?:个|一)?季度?|按季度?|季度(?:例会|检查|考核|通报|督查|报)|逐季")),
    ("year", re.compile(r"每(?:一)?(?:学)?年(?!龄)|逐年(?=开展|进行|组织|上报)|每半年|每学期|(?:一年|半年)(?:一|两)次|按年度|年度(?:报告|考核)制度")),
)
_FESTIVAL = (
    r"(?:元旦|春节|元宵|清明|端午|七夕|中秋|国庆|重阳|五一|十一|七一|六一|三八|五四|八一|十二四|腊八|建党|建军|劳动|教师|学雷锋|植树"
    r"|助残|环境|地球|禁毒|消防|宪法|志愿者|爱国卫生|科普|读书|安全生产)(?:节|日|纪念日|月|日活动)?"
)
_DAYS = re.compile(
    rf"(?:[“\"]?{_FESTIVAL}[”\"]?[、,和及与]\s*)+[“\"]?{_FESTIVAL}[”\"]?|[“\"]?(?:\S{{1,2}}[·.]\S{{1,2}}|六五|五五"
    rf"|{_FESTIVAL})[”\"]?(?:世界\S{{1,4}}日)?等(?:重[大要])?(?:\S{{0,6}}?)(?:节日|节假日|纪念日|节点)"
    rf"|(?:^|[。;,]|[)、.]\s*|利用|在){_FESTIVAL}[”\"]?(?:期间|当天|前夕|前后|来临之际)?(?::|,?(?:开展|组织|走访|慰问|举办|进行))"
    r"|(?:重大|重要|传统|法定)?(?:节假日|传统节日)(?:前后?|期间)|[“\"][^”\"]{1,6}[”\"]世界\S{1,4}日|世界(?:环境|地球|无烟|艾滋病|水|卫生)日"
)
_FESTIVAL_WORD = re.compile(_FESTIVAL)
_OPEN = re.compile(r"定期(?:或|和|、)?不定期|不定期|定期(?!存款)|(?<![规约固一指])定时(?![器间])")
_TIMES = re.compile(r"(?:至少|不少于|不低于|各)?[^\d一二两三四五六七八九十,。;]{0,12}?(\d{1,3}|[一二两三四五六七八九十]{1,2})次")
_WEEK = dict(zip("一二三四五六日末", ("MO", "TU", "WE", "TH", "FR", "SA", "SU", "SA"), strict=True))


def recurrence_of(text: str) -> Recurrence | None:
    """The first stated period of a folded text, the shortest one if several are named."""
    for every, pattern in _EVERY:
        rows = [found for found in pattern.finditer(text) if not _is_rate(text, found)]
        if rows:
            return _period(every, text, next((r for r in rows if re.search(r"\d|[周期][一二三四五六日]", r.group(0))), rows[0]))
    if found_days := _DAYS.search(text):
        return Recurrence(every="festival", on=tuple(dict.fromkeys(_FESTIVAL_WORD.findall(found_days.group(0)))), text=found_days.group(0))
    if found_open := _OPEN.search(text):
        return Recurrence(every="open", text=found_open.group(0))
    return None


def _is_rate(text: str, found: re.Match[str]) -> bool:
    """每天8元, 每人每月 are prices and not periods."""
    after = text[found.end() : found.end() + 10]
    return bool(re.match(r"[^,。;]{0,4}\d+(?:\.\d+)?(?:万)?元", after)) or text[max(0, found.start() - 2) : found.start()] in ("每人", "按每")


def _period(every: str, text: str, found: re.Match[str]) -> Recurrence:
    words = found.group(0)
    after = text[found.end() : found.end() + 24]
    times = _TIMES.search(words) or _TIMES.match(after)
    on: tuple[str, ...] = ()
    if every == "week":
        on = (
            tuple(dict.fromkeys(_WEEK[c] for c in re.sub(r"^.*?[周期]", "", words, count=1) if c in _WEEK))
            if re.match(r"每(?:个)?(?:周|星期)[一二三四五六日末]|逢周", words)
            else ()
        )
    elif every == "month":
        on = tuple(re.findall(r"(\d{1,2})[日号]", words))
    phrase = words + (re.split(r"[,。;]", after[: times.end()])[-1] if times and times.re is _TIMES and times.string is after else "")
    count = number(times.group(1)) if times else None
    return Recurrence.model_validate({"every": every, "on": on, "times": count or None, "text": phrase})
