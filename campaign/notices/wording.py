"""What a notice says: subject, Markdown for chat and plain text, composed from what the outbox hands over.

Owns the form of a notice; the set phrases are in `phrases`. Refuses to ask for the time: "overdue by 3 days" counts to the day of issue,
so that a notice sent again tomorrow says the same. The variant for group chats has the title and the number only, for no unit may be
named in front of the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time

from campaign.notices.phrases import PHRASES, PLAIN, Phrases
from campaign.records.papers.outbox import Line, Outgoing
from campaign.rules.calendar import CAMPAIGN_ZONE, campaign_day, due_on
from campaign.rules.papers import BULLETINS

LINES_SHOWN = 20
TITLE_SHOWN = 80
REASON_SHOWN = 120
REHEARSAL = "【演练】"
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Message:
    subject: str
    text_markdown: str
    text_plain: str


def compose(outgoing: Outgoing) -> Message:
    """The whole notice. Not yet live, it says that it is a rehearsal, in the subject and in its first line."""
    phrases = PHRASES.get(outgoing.form, PLAIN)
    words = words_of(outgoing)
    gist = "" if outgoing.body is not None or not outgoing.lines else f"：{phrases.gist.format(**words)}"
    subject = f"{_mark(outgoing)}{outgoing.form}{_numbered(outgoing)}{gist}"
    return Message(subject, _text(outgoing, phrases, markdown=True), _text(outgoing, phrases, markdown=False))


def compose_for_group(outgoing: Outgoing) -> Message:
    """For a public chat: which paper was issued, its number, and where to look; never whom it concerns."""
    title = f"{_mark(outgoing)}{_quoted(outgoing.campaign_title)}{outgoing.form}{_numbered(outgoing)}"
    text = f"{title}已发出，请有关单位登录工作台查看。"
    return Message(title, _escaped(text), text)


def due_words(due_at: datetime | None, issued_at: datetime) -> str:
    """9月30日 · 9月30日 16:00 · 2027年1月5日, 已逾期 3 天; the last day on which it can be handed in."""
    if due_at is None:
        return "待定"
    local, issued = due_at.astimezone(CAMPAIGN_ZONE), campaign_day(issued_at)
    midnight = local.timetz().replace(tzinfo=None) == time.min
    day = due_on(due_at) if midnight else local.date()
    words = f"{day.month}月{day.day}日" if day.year == issued.year else f"{day.year}年{day.month}月{day.day}日"
    if not midnight:
        words += f" {local:%H:%M}"
    if due_at > issued_at:
        return words
    late = (issued - day).days
    return f"{words}，已逾期 {late} 天" if late > 0 else f"{words}，已逾期"


def _text(outgoing: Outgoing, phrases: Phrases, *, markdown: bool) -> str:
    shown = _escaped if markdown else _single
    heading = f"{outgoing.form}{_numbered(outgoing)}"
    parts = [f"## {shown(heading)}" if markdown else heading]
    if not outgoing.live:
        parts.insert(0, f"{REHEARSAL}本创建活动尚未正式启用，此件为演练发送，无需办理。")
    words = {key: shown(value) for key, value in words_of(outgoing).items()}
    if outgoing.kind not in BULLETINS:
        parts.append(phrases.salutation.format(**words))
    if outgoing.body is not None:
        parts.append(outgoing.body.strip())
    elif outgoing.lines:
        parts += [phrases.opening.format(**words), _listed(outgoing, phrases, markdown=markdown), phrases.closing]
    else:
        parts.append("所列事项均已办结，无需办理。")
    issued = campaign_day(outgoing.issued_at)
    line_end = "  \n" if markdown else "\n"
    parts.append(f"{shown(outgoing.signatory)}{line_end}{issued.year}年{issued.month}月{issued.day}日")
    return "\n\n".join(parts)


def _listed(outgoing: Outgoing, phrases: Phrases, *, markdown: bool) -> str:
    rows = [_line(number, line, outgoing.issued_at, phrases, markdown=markdown) for number, line in enumerate(outgoing.lines[:LINES_SHOWN], 1)]
    rest = len(outgoing.lines) - LINES_SHOWN
    if rest > 0:
        rows.append(f"其余 {rest} 项见工作台。" if not markdown else f"\n其余 {rest} 项见工作台。")
    return "\n".join(rows)


def _line(number: int, line: Line, issued_at: datetime, phrases: Phrases, *, markdown: bool) -> str:
    shown = _escaped if markdown else _single
    row = f"{number}. {shown(_short(line.title, TITLE_SHOWN))}（{phrases.due}：{'不再办理' if line.ended else due_words(line.due_at, issued_at)}）"
    if line.reason and line.reason.strip():
        row += f"；{phrases.reason}：{shown(_short(line.reason, REASON_SHOWN))}"
    return row


def words_of(outgoing: Outgoing) -> dict[str, str]:
    """What the placeholders of the set phrases stand for."""
    day = campaign_day(outgoing.issued_at)
    return {"unit": outgoing.unit_name, "campaign": _quoted(outgoing.campaign_title), "count": str(len(outgoing.lines)), "day": f"{day.month}月{day.day}日"}


def _mark(outgoing: Outgoing) -> str:
    return "" if outgoing.live else REHEARSAL


def _numbered(outgoing: Outgoing) -> str:
    return f"（{outgoing.number}）" if outgoing.number else ""


def _quoted(title: str) -> str:
    title = _single(title)
    return title if title.startswith("《") else f"《{title.replace('《', '〈').replace('》', '〉')}》"


def _short(text: str, limit: int) -> str:
    text = _single(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _single(text: str) -> str:
    """On one line: a title with a line end in it would begin a new item of the list."""
    return _BLANKS.sub(" ", text).strip()


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", _single(text))
