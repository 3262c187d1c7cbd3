"""Who an entry of the outline charges: what its lines state, what its group or post implies, what its sentences say.

Owns the level at which responsibility counts: lines behind the last entry of a list belong to the whole list. Refuses to combine a
stated charge with an inferred one.
"""

from __future__ import annotations

import re

from campaign.plan.charges import Charge, charge_of_lines, charge_of_subjects, charge_of_verbs, doers, tail_charge
from campaign.plan.outline import Node, Para
from campaign.plan.units import named_unit, split_names
from campaign.plan.wording import after_heading, without_number


def stated_charge(node: Node) -> Charge | None:
    """Responsibility written on this entry: its own lines, or the lines behind its last entry if no other entry below has any."""
    own = "\n".join(p.text for p in [*([node.own] if node.own else []), *node.paras])
    charge = charge_of_lines(own)
    if charge.stated:
        return charge
    below = [charge_of_lines("\n".join(p.text for p in [*([c.own] if c.own and c.line == node.line else []), *c.paras])) for c in node.children]
    if len(below) >= 2 and below[-1].stated and not any(_states(c) for c in node.children[:-1]):
        last = node.children[-1]
        return None if last.line != node.line and last.own and charge_of_lines(last.own.text).stated else below[-1]
    return None


def _states(node: Node) -> bool:
    """Does a line of responsibility stand anywhere in an entry?"""
    return any(charge_of_lines("\n".join(p.text for p in [*([n.own] if n.own else []), *n.paras])).stated for n in node.walk())


_DUTY_PARA = re.compile(r"(?P<name>[^,。;:]{2,24}?)(?::\s*(?=[\u4e00-\u9fff])|(?=(?:具体|主要|统一|全面)?负责(?!人|制)|要(?!求|闻)|牵头|承担))")


def duties_in(paras: list[Para]) -> list[tuple[Para, str]]:
    """Unnumbered paragraphs that each begin with a unit: 城管局负责…, 教导处:负责… Two of them make a list of duties."""
    rows: list[tuple[Para, str]] = []
    told = 0
    for para in paras:
        found = _DUTY_PARA.match(para.text)
        if found and all(named_unit(n) for n in split_names(found.group("name"))):
            rows.append((para, found.group("name")))
            told += bool(re.match(r":?\s*(?:具体|主要|统一|全面)?(?:负责|牵头|承担)", para.text[found.end("name") :]))
    return rows if told >= 2 and len(rows) * 5 >= len(paras) * 3 else []


def joint_bodies(heading: str) -> str | None:
    """综治办、派出所 as a heading: several units that owe what stands below it, each for itself."""
    parts = split_names(heading)
    return heading if len(parts) >= 2 and len(heading) <= 30 and all(named_unit(p) and len(p) <= 10 for p in parts) else None


def charge_of_group(group: str) -> Charge:
    """Whom an entry below the heading of a group charges."""
    parts = split_names(group)
    if len(parts) >= 2 and all(named_unit(p) for p in parts):
        return Charge(responsible=parts, stated=True)
    return Charge(lead=[group], stated=True)


def charge_of_body(body: str, text: str) -> Charge:
    """Duties below a group or post: its lead unit if the text names one (由水利站牵头), else itself; 各街道 owe them each."""
    spoken = charge_of_verbs(text)
    if spoken.lead and re.search(rf"由{re.escape(spoken.lead[0])}|{re.escape(spoken.lead[0])}(?:负责)?牵头", text):
        return Charge(lead=spoken.lead[:1], supporting=spoken.supporting, stated=True)
    if re.match(r"各|所有|全体", body):
        return Charge(responsible=[body], supporting=spoken.supporting, stated=True)
    own = charge_of_group(body)
    own.supporting = [n for n in spoken.supporting if n not in own.responsible]
    return own


def charge_of_entry(text: str, heading: str) -> Charge:
    """Who an entry charges where no line says so: brackets at its end, then verbs, then the subjects of its sentences."""
    tail = tail_charge(text.split("\n")[0] if "\n" in text else text)
    if not tail.empty:
        return tail
    if bracket := re.match(r"[^,。;:]{2,20}\([^()]{2,12}?(?:负责|提供|牵头|承办|主办)\)", text):
        return tail_charge(bracket.group(0))
    body = without_number(text)
    spoken = charge_of_verbs(body)
    subject = charge_of_subjects(after_heading(body, heading))
    if spoken.lead and not set(spoken.lead) & set(doers(body)):
        return spoken
    subject.add(spoken)
    if len(subject.lead) > 1 or (subject.lead and subject.responsible):
        subject.responsible = list(dict.fromkeys([*subject.lead, *subject.responsible]))
        subject.lead = []
    return subject
