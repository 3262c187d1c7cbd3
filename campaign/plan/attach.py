"""A main source and the sources attached to it.

Owns how they are put together. A 任务分解表 and a 补充通知 fill what the main source leaves blank and add the items that it does not have; a
上级方案 and a 测评体系 add nothing. Where two of them say different things about the same item or phase, both are shown with their
lines, and nothing is decided: the later date of effect is only named as the one that would prevail.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from campaign.plan.cells import lead_text
from campaign.plan.check_units import same_unit
from campaign.plan.intake import ROLE_NAMES
from campaign.plan.normal import squeezed
from campaign.plan.spec import Item, Phase, PlanSpec, PlanWarning, Source

ALIKE = 0.82
_FILLS = ("lead_unit", "responsible_units", "supporting_units", "deadline", "materials", "recipient", "recurrence", "targets")
_ADDING = ("breakdown", "supplement")


@dataclass(frozen=True, slots=True)
class Pair:
    ours: Item
    theirs: Item


def attach(main: PlanSpec, attached: Sequence[PlanSpec]) -> PlanSpec:
    """`main` with what the attached sources add, and every contradiction among its warnings."""
    plan = main
    for other in attached:
        source = other.sources[0]
        notes = tuple(contradictions(main, other))
        plan = plan.model_copy(update={"sources": (*plan.sources, source), "warnings": (*plan.warnings, *notes)})
        if source.role in _ADDING:
            plan = _filled(plan, other)
    if attached:
        plan = plan.model_copy(update={"warnings": tuple(note for note in plan.warnings if note.code != "attachment_missing")})
    return plan


def contradictions(main: PlanSpec, other: PlanSpec) -> Iterator[PlanWarning]:
    ours, theirs = _label(main.sources), _label(other.sources)
    prevails = _prevails(main.sources, other.sources)

    def note(what: str, one: tuple[str, int | None], two: tuple[str, int | None]) -> PlanWarning:
        sides = f"{ours}{_at(one[1])}写「{one[0]}」，{theirs}{_at(two[1])}写「{two[0]}」"
        return PlanWarning(line=one[1], code="contradiction", message=f"{what}：{sides}{prevails}")

    for pair in pairs(main, other):
        one, two = pair.ours, pair.theirs
        name = f"「{one.title[:24]}」的"
        if one.lead_unit and two.lead_unit and not _same_units(lead_text(one), lead_text(two)):
            yield note(f"{name}牵头单位", (lead_text(one), one.line), (lead_text(two), two.line))
        if one.deadline and two.deadline and one.deadline[:10] != two.deadline[:10]:
            yield note(f"{name}期限", (one.deadline, one.line), (two.deadline, two.line))
        for target in one.targets:
            rival = next((t for t in two.targets if t.unit == target.unit and squeezed(t.metric) == squeezed(target.metric) and t.value != target.value), None)
            if rival is not None and target.value is not None and rival.value is not None:
                yield note(f"{name}目标", (target.text or f"{target.value:g}", one.line), (rival.text or f"{rival.value:g}", two.line))
    for phase, rival_phase in _phase_pairs(main.phases, other.phases):
        for field, word in (("start", "开始"), ("end", "结束")):
            mine, its = getattr(phase, field), getattr(rival_phase, field)
            if mine and its and mine != its:
                yield note(f"阶段「{phase.name}」的{word}时间", (mine, phase.line), (its, rival_phase.line))


def pairs(main: PlanSpec, other: PlanSpec) -> Iterator[Pair]:
    """Items of both that mean the same task: the same words, or nearly."""
    rest = {squeezed(item.title): item for item in reversed(_all(main))}
    for theirs in _all(other):
        words = squeezed(theirs.title)
        ours = rest.get(words) or next((item for title, item in rest.items() if _alike(title, words)), None)
        if ours is not None:
            yield Pair(ours, theirs)


def _all(spec: PlanSpec) -> list[Item]:
    return [*spec.items, *(task for phase in spec.phases for task in phase.tasks)]


def _alike(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 4:
        return False
    if shorter in longer and len(shorter) * 3 >= len(longer) * 2:
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _phase_pairs(ours: Sequence[Phase], theirs: Sequence[Phase]) -> Iterator[tuple[Phase, Phase]]:
    for phase in ours:
        same = [other for other in theirs if squeezed(other.name) == squeezed(phase.name)]
        same = same or [other for other in theirs if other.kind == phase.kind]
        if len(same) == 1:
            yield phase, same[0]


def _same_units(one: str, other: str) -> bool:
    return squeezed(one) == squeezed(other) or same_unit(one, other)


def _filled(plan: PlanSpec, other: PlanSpec) -> PlanSpec:
    matched = {id(pair.ours): pair.theirs for pair in pairs(plan, other)}
    known = {id(theirs) for theirs in matched.values()}

    def fill(item: Item) -> Item:
        theirs = matched.get(id(item))
        if theirs is None:
            return item
        blanks = {field: getattr(theirs, field) for field in _FILLS if not getattr(item, field) and getattr(theirs, field)}
        return item.model_copy(update=blanks) if blanks else item

    phases = tuple(phase.model_copy(update={"tasks": tuple(map(fill, phase.tasks))}) for phase in plan.phases)
    own_phases = {phase.key for phase in plan.phases} | {phase.name for phase in plan.phases}
    added = tuple(_moved(item, own_phases) for item in _all(other) if id(item) not in known)
    return plan.model_copy(update={"phases": phases, "items": (*map(fill, plan.items), *added)})


def _moved(item: Item, phases: set[str | None]) -> Item:
    """An added item keeps its phase only if the plan has it, and loses a key that belongs to another file."""
    return item.model_copy(update={"key": None, "phase": item.phase if item.phase in phases else None})


def _label(sources: Sequence[Source]) -> str:
    return f"{ROLE_NAMES[sources[0].role]}《{sources[0].name}》" if sources else "正文"


def _at(line: int | None) -> str:
    return f"第 {line} 行" if line else ""


def _prevails(ours: Sequence[Source], theirs: Sequence[Source]) -> str:
    mine, its = (sources[0].effective if sources else None for sources in (ours, theirs))
    if mine and its and mine != its:
        later = ours[0] if mine > its else theirs[0]
        return f"（后生效的是《{later.name}》，{later.effective}）"
    return ""
