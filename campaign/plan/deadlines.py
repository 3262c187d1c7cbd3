"""The time by which an entry is due: the last day that its own words name.

Refuses days that are only cited (根据3月5日会议精神) and the end of a stage. What waits for an event or is masked stays its phrase, with
the reason why nobody can date it yet.
"""

from __future__ import annotations

import re

from campaign.plan.dates import Phrase, find_dates, resolve
from campaign.plan.normal import squeezed
from campaign.plan.outline import Para
from campaign.plan.phases import Stage
from campaign.plan.spec import PlanWarning
from campaign.plan.wording import without_number

_AFTER_GAP = re.compile(
    r"(?P<event>[\u4e00-\u9fff]{2,8}(?:结束|完成|印发|下发|召开))(?:之)?后[^。;]{0,16}?(?P<for>(?:\d{1,2}"
    r"|[一二两三四五六七八九十]{1,3}|半)个?(?:工作日|日|天|周|星期|月)(?:之内|以内|内))"
)
_CITED = re.compile(r"^\s*(?:[^,。;]{0,10}(?:会议精神|印发的|下发的|颁布|出台|召开的|发布的|公布的|签署|通过的)|[^,。;]{0,3}(?:会议|讲话)精神)")
_CITING = re.compile(r"(?:自|根据|按照|依据|截至|以来|于?去年|比|较|同比)\s*$")


def has_deadline(text: str, *, besides: str | None = None) -> bool:
    """Does a text name a day of its own? The dates of its stage, `besides`, do not count."""
    return bool(_AFTER_GAP.search(text)) or any(p.text != besides and p.shape in ("until", "point", "after", "range") for p in find_dates(text))


def _is_reference(text: str, phrase: Phrase) -> bool:
    if phrase.shape == "point" and phrase.start and phrase.start.year is None and not phrase.start.masked and re.fullmatch(r"年.", phrase.text):
        return True
    if re.match(r"[,]?(?:全\S)?(?:共|已|累计|现有)", text[phrase.stop : phrase.stop + 6]):
        return True
    return bool(_CITED.match(text[phrase.stop : phrase.stop + 24]) or _CITING.search(text[max(0, phrase.at - 6) : phrase.at])) and phrase.shape != "until"


def deadline_of(text: str, year: int, stage: Stage | None, line: int) -> tuple[str | None, str | None, PlanWarning | None]:
    """Last day that the entry itself names, or the words that leave it open, with the reason."""
    text = without_number(text)
    phrases = [p for p in find_dates(text) if not _is_reference(text, p)]
    order = [p for p in phrases if p.shape == "until"] + [p for p in phrases if p.shape == "range"] + [p for p in phrases if p.shape == "point"]
    for phrase in order:
        span = resolve(phrase, _year_in(stage, phrase, year))
        if span.end:
            day = span.end.isoformat()
            return f"{day}T{span.clock}+08:00" if span.clock and phrase.shape == "until" else day, phrase.text, None
    if (found := next((p for p in phrases if p.shape == "after"), None)) and found.wait:
        event, count, unit = found.wait
        return None, found.text, _open(line, found.text, f"待「{event}」发生后起算 {count} {'个工作日' if unit == 'wd' else '天'}")
    if gap := _AFTER_GAP.search(text):
        return None, gap.group(0), _open(line, gap.group(0), f"待「{gap.group('event')}」发生后起算")
    if order:
        return None, order[0].text, _open(line, order[0].text, "日期不完整或取决于节日、年份占位")
    return None, None, None


def _open(line: int, phrase: str, reason: str) -> PlanWarning:
    return PlanWarning(line=line, code="needs_confirmation", message=f"时间「{phrase}」需确认：{reason}")


def _year_in(stage: Stage | None, phrase: Phrase, year: int) -> int:
    """Inside a stage that runs into the next year, a day without a year is that stage's."""
    if stage is None:
        return year
    for bound in (stage.span.start, stage.span.end):
        edge = phrase.end or phrase.start
        day = edge.resolve(bound.year, last=True) if bound and edge else None
        if day and stage.covers(day) and bound:
            return bound.year
    return stage.span.start.year if stage.span.start else year


def dated_clauses(para: Para, own: Phrase | None) -> list[Para]:
    """Clauses of a stage's paragraph that begin with a date of their own, up to the next such clause or the end of the sentence."""
    pieces: list[Para] = []
    cuts: list[int] = []
    for found in re.finditer(r"(?:^|[。;])\s*", para.text):
        head = para.text[found.end() : found.end() + 30]
        lead = re.match(r"(?:于|在|至|到)?", head)
        first = next(find_dates(head), None)
        if first and lead and first.at <= lead.end() and first.shape in ("until", "point", "range") and (own is None or first.text != own.text):
            cuts.append(found.end())
    for start, stop in zip(cuts, [*cuts, len(para.text)][1:], strict=True):
        end = para.text.find("。", start, stop)
        pieces.append(para.cut(start, end if end > 0 else stop))
    return [p for p in pieces if len(squeezed(p.text)) >= 8]
