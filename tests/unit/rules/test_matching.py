"""Materials of a changed plan are known again by key, else by name, never by their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.rules.matching import KnownMaterial, WantedMaterial, match_materials

K, W = KnownMaterial, WantedMaterial
LEDGER, SUMMARY = K(1, "工作台账"), K(2, "工作总结")

ROWS = [
    pytest.param([LEDGER, SUMMARY], [W("工作总结"), W("工作台账")], (2, 1), 0, id="reordered"),
    pytest.param([LEDGER, SUMMARY], [W("照片"), W("工作台账"), W("工作总结")], (3, 1, 2), 0, id="inserted before"),
    pytest.param([LEDGER, SUMMARY], [W("工作总结")], (2,), 0, id="one left out"),
    pytest.param([LEDGER], [W("台账（分月）")], (2,), 1, id="reworded is asked"),
    pytest.param([LEDGER], [W("台账（分月）", key="m1")], (1,), 0, id="reworded with the key that was told"),
    pytest.param([K(1, "工作台账", key="ledger")], [W("新名称", key="ledger")], (1,), 0, id="its own key"),
    pytest.param([K(1, "台账", key="a"), K(2, "台账", key="b")], [W("台账", key="b")], (2,), 0, id="the same name, told apart by key"),
    pytest.param([K(1, "台账", terms=("3月",)), K(2, "台账", terms=("4月",))], [W("台账", terms=("4月",)), W("台账", terms=("3月",))], (2, 1), 0,
                 id="the same name, told apart by its terms"),
    pytest.param([K(1, "台账"), K(2, "台账")], [W("台账")], (1,), 0, id="two alike in everything are interchangeable"),
    pytest.param([K(1, "台账", terms=(1,)), K(2, "台账", terms=(2,))], [W("台账", terms=(3,))], (1,), 1, id="which of two is left is asked"),
    pytest.param([LEDGER, K(2, "照片", removed=True)], [W("照片"), W("工作台账")], (2, 1), 0, id="asked for again"),
    pytest.param([LEDGER, K(2, "照片", removed=True)], [W("视频"), W("工作台账")], (3, 1), 0, id="a number is never used twice"),
    pytest.param([K(1, "工作 台账")], [W("工作台账")], (1,), 0, id="spaces and marks do not matter"),
]  # fmt: skip


@pytest.mark.parametrize(("known", "wanted", "numbers", "asked"), ROWS)
def test_materials_are_known_again(known: list[KnownMaterial], wanted: list[WantedMaterial], numbers: tuple[int, ...], asked: int) -> None:
    found = match_materials(known, wanted)
    assert found.numbers == numbers
    assert len(found.asked) == asked


names = st.sampled_from(["台账", "总结", "照片", "方案", "报表"])


@given(st.lists(names, max_size=6), st.permutations(list(range(6))))
def test_any_order_of_the_same_materials_changes_nothing_and_no_number_is_given_twice(listed: list[str], order: list[int]) -> None:
    known = [K(number, name, terms=(name, number)) for number, name in enumerate(listed, 1)]
    places = [place for place in order if place < len(known)]
    found = match_materials(known, [W(known[place].name, terms=known[place].terms) for place in places])
    assert found.numbers == tuple(known[place].number for place in places)
    assert found.asked == ()


@given(st.lists(st.tuples(names, st.integers(0, 2)), max_size=6), st.lists(st.tuples(names, st.integers(0, 2)), max_size=6))
def test_every_wanted_material_gets_a_number_of_its_own(known: list[tuple[str, int]], wanted: list[tuple[str, int]]) -> None:
    rows = [K(number, name, terms=(terms,)) for number, (name, terms) in enumerate(known, 1)]
    found = match_materials(rows, [W(name, terms=(terms,)) for name, terms in wanted])
    assert len(set(found.numbers)) == len(wanted)
    for number, (name, _) in zip(found.numbers, wanted, strict=True):
        assert number > len(known) or known[number - 1][0] == name
