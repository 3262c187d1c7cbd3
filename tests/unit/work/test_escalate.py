"""How many rows a transaction of the sweep takes: by the time that the one before took, whatever the disk."""

from __future__ import annotations

import pytest

from campaign.work.running.escalate import ALONE_SECONDS, parts_in_time


@pytest.mark.parametrize(
    ("parts", "seconds", "then"),
    [
        pytest.param(4, ALONE_SECONDS, 4, id="as long as it may: as many again"),
        pytest.param(4, 2 * ALONE_SECONDS, 2, id="twice as long: half"),
        pytest.param(4, ALONE_SECONDS / 2, 8, id="half as long: twice as many"),
        pytest.param(4, ALONE_SECONDS / 100, 16, id="very quick: four times as many, no more"),
        pytest.param(1, 60.0, 1, id="however slow: one part"),
        pytest.param(4, 0.0, 16, id="too quick to measure"),
    ],
)
def test_a_transaction_takes_what_fits_its_time(parts: int, seconds: float, then: int) -> None:
    assert parts_in_time(parts, seconds, ALONE_SECONDS) == then
