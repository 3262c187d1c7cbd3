"""Keys stay with their entries whatever is edited around them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from campaign.plan.keys import with_keys
from campaign.plan.spec import Item, Phase, PlanSpec

titles = st.lists(st.sampled_from(["清理街面", "整治集贸市场", "印发倡议书", "河道清淤", "入户宣传"]), min_size=1, max_size=8)


def keys(spec: PlanSpec) -> list[str | None]:
    return [item.key for item in spec.items]


def plan(*names: str, **more: object) -> PlanSpec:
    return PlanSpec(title="方案", items=tuple(Item(title=name) for name in names), **more)


@given(titles)
def test_every_entry_gets_its_own_key(names: list[str]) -> None:
    found = keys(with_keys(plan(*names)))
    assert len(set(found)) == len(names)
    assert None not in found


@given(titles)
def test_keys_are_the_same_each_time_and_are_never_changed(names: list[str]) -> None:
    once = with_keys(plan(*names))
    assert with_keys(plan(*names)) == once
    assert with_keys(once) == once


def test_an_entry_inserted_or_removed_leaves_the_other_keys_alone() -> None:
    before = dict(zip("甲乙丙", keys(with_keys(plan("甲", "乙", "丙"))), strict=True))
    after = dict(zip("丁甲丙", keys(with_keys(plan("丁", "甲", "丙"))), strict=True))
    assert after["甲"] == before["甲"]
    assert after["丙"] == before["丙"]


def test_spaces_and_punctuation_do_not_change_a_key() -> None:
    assert keys(with_keys(plan("清理街面。"))) == keys(with_keys(plan(" 清理 街面")))


def test_a_written_key_survives_a_new_title() -> None:
    spec = with_keys(plan("清理街面"))
    renamed = spec.model_copy(update={"items": (spec.items[0].model_copy(update={"title": "清理主次干道街面"}),)})
    assert keys(with_keys(renamed)) == keys(spec)


def test_a_phase_named_by_an_item_becomes_its_key() -> None:
    spec = with_keys(
        PlanSpec(
            title="方案",
            phases=(Phase(name="集中整治"), Phase(key="p-own", name="总结")),
            items=(Item(title="甲", phase="集中整治"), Item(title="乙", phase="总结")),
        )
    )
    assert [item.phase for item in spec.items] == [spec.phases[0].key, "p-own"]


def test_tasks_of_phases_have_keys_of_their_own() -> None:
    spec = with_keys(PlanSpec(title="方案", phases=(Phase(name="动员", tasks=(Item(title="甲"),)),), items=(Item(title="甲"),)))
    assert spec.phases[0].tasks[0].key != spec.items[0].key
