"""Rules about units: one lead an item, known names, one name a unit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from campaign.plan.check_view import Entry, Hit, View, is_blank, leads_of

_AREA = re.compile(r"^(?:[×xX]{2,4}|我|本)?(?:(?!城市|超市|市场|社区|小区|园区|校区|景区|辖区|街区)[\u4e00-\u9fff]{0,3}?[省市县区旗镇乡]委?)?")
_CLASS_WORDS = ("各", "所有", "全体", "有关", "相关", "其他")
_BODY = re.compile(r"(局|委|办|办公室|中心|大队|支队|公司|街道|社区|镇|乡|所|站|科|股|部|院|校|处|会|组)$")


def one_lead_unit(view: View) -> Iterator[Hit]:
    for entry in view.entries:
        leads = leads_of(entry.item)
        if len(leads) > 1:
            yield entry.hit("several_lead_units", f"{entry.name}写了 {len(leads)} 个牵头单位：{'、'.join(leads)}", "lead_unit")
        elif not leads and not entry.item.unit_class:
            others = [name for name in entry.item.responsible_units if not is_blank(name)]
            hint = f"（责任单位有 {'、'.join(others[:4])}，请指定其中一个牵头）" if others else ""
            yield entry.hit("blank_lead_unit", f"{entry.name}没有牵头单位{hint}", "lead_unit")


def assumed_leads(view: View) -> Iterator[Hit]:
    for entry in view.entries:
        if entry.item.assumed:
            yield entry.hit("assumed_lead_unit", f"{entry.name}的牵头单位「{'、'.join(leads_of(entry.item))}」是补填的", "lead_unit")


def responsible_units(view: View) -> Iterator[Hit]:
    for entry in view.entries:
        if not entry.item.unit_class and all(map(is_blank, entry.item.responsible_units)):
            yield entry.hit("no_responsible_unit", f"{entry.name}没有责任单位", "responsible_units")


def lead_does_not_support(view: View) -> Iterator[Hit]:
    for entry in view.entries:
        for name in leads_of(entry.item):
            if name in entry.item.supporting_units:
                yield entry.hit("lead_also_supports", f"{entry.name}的牵头单位「{name}」又列为配合单位", "supporting_units")


def known_units(view: View) -> Iterator[Hit]:
    """Names that neither the plan's own list nor the caller knows; silent when nobody gave a list to compare with."""
    known = {name for unit in view.spec.units for name in (unit.name, *unit.aliases)} | (view.known_units or frozenset())
    if not known and view.known_units is None:
        return
    named: set[str] = set()
    for entry, name, field in named_units(view):
        if name not in known and name not in named:
            named.add(name)
            yield entry.hit("unknown_unit", f"{entry.name}的单位「{name}」不在名册里", field)


def filled_classes(view: View) -> Iterator[Hit]:
    kinds = {unit.kind for unit in view.spec.units}
    asked: set[str] = set()
    for entry in view.entries:
        kind = entry.item.unit_class
        if kind and kind not in kinds and kind not in asked and view.known_units is None:
            asked.add(kind)
            yield entry.hit("empty_unit_class", f"{entry.name}按「{kind}」分解，units 里没有这一类单位", "unit_class")


def one_name_a_unit(view: View) -> Iterator[Hit]:
    aliases = {alias: unit.name for unit in view.spec.units for alias in unit.aliases}
    first: dict[str, tuple[Entry, str]] = {}
    for entry, name, field in named_units(view):
        first.setdefault(name, (entry, field))
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in first:  # two names of one unit begin and end alike, so a thousand units are not compared pairwise
        bare = _without_area(name)
        alike[bare[0], bare[-1]].append(name)
    for names in alike.values():
        for one, other in combinations(names, 2):
            if aliases.get(one, one) != aliases.get(other, other) and same_unit(one, other):
                entry, field = first[other]
                yield entry.hit("unit_two_names", f"「{one}」和「{other}」像是同一个单位", field)


def named_units(view: View) -> Iterator[tuple[Entry, str, str]]:
    """Each single unit that an item names, with the field it stands in; 各街道 is a class, not a unit."""
    for entry in view.entries:
        for field, names in (
            ("lead_unit", leads_of(entry.item)),
            ("responsible_units", entry.item.responsible_units),
            ("supporting_units", entry.item.supporting_units),
        ):
            for name in names:
                if not is_blank(name) and not name.startswith(_CLASS_WORDS):
                    yield entry, name, field


def same_unit(one: str, other: str) -> bool:
    """Whether two names look like one unit's: 教育局 and 区教育局, 城管局 and 城市管理局: the area left out, or letters left out of one of them.

    Letters may be left out only of a body (局, 委, 办 …) and with first and last letter kept: 城关街道 and 城南街道 stay two.
    """
    first, second = sorted((_without_area(one), _without_area(other)), key=len)
    if len(first) < 2:
        return False
    if first == second:
        # Two areas make two units: 东区教育局 and 西区教育局.
        return one.endswith(other) or other.endswith(one)
    if len(first) < 3 or not _BODY.search(first) or first[0] != second[0] or first[-1] != second[-1]:
        return False
    letters = iter(second)
    return len(second) - len(first) <= 5 and all(letter in letters for letter in first) and not first.endswith(("街道", "社区", "镇", "乡"))


def _without_area(name: str) -> str:
    bare = re.sub(r"\s+", "", name)
    match = _AREA.match(bare)
    rest = bare[match.end() :] if match else bare
    return rest if len(rest) >= 2 else bare
