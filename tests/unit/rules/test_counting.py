"""Six photos of one event are one event: what a quantified requirement counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from campaign.rules.counting import count_events, wrong_type
from campaign.rules.sensitive import is_sensitive_ledger


@dataclass(frozen=True)
class Photo:
    name: str
    taken_on: date | None = None

    @property
    def sha256(self) -> str:
        return f"{self.name}{self.taken_on}"


MAY = date(2026, 5, 12)


@pytest.mark.parametrize(
    ("files", "events"),
    [
        pytest.param([Photo(f"5月12日-{n}.jpg") for n in range(6)], 1, id="six photos named by one day"),
        pytest.param(
            [Photo("20260512志愿服务.jpg"), Photo("2026-05-12 现场.jpg"), Photo("2026年5月12日.jpg"), Photo("5月12日.jpg")], 1, id="a day written in four ways"
        ),
        pytest.param([Photo(f"IMG_{n}.jpg", MAY) for n in range(6)], 1, id="six photos taken on one day"),
        pytest.param([Photo("IMG_20260512_101112.jpg"), Photo("IMG_20260513_101112.jpg")], 2, id="a phone's own names"),
        pytest.param([Photo("第三次活动.jpg"), Photo("第3次活动2.jpg"), Photo("第十二次.jpg"), Photo("第 12 次（补）.jpg")], 2, id="numbered events"),
        pytest.param([Photo("小结一.docx"), Photo("小结二.docx")], 2, id="what tells nothing counts by itself"),
        pytest.param([Photo("第五次 5月12日.jpg"), Photo("第六次 5月12日.jpg")], 2, id="the number decides before the day"),
        pytest.param([], 0, id="nothing"),
    ],
)
def test_files_of_one_event_count_once(files: list[Photo], events: int) -> None:
    counted = count_events(files, 8)
    assert (counted.done, counted.missing) == (events, 8 - events)


def test_the_same_bytes_twice_show_one_file_of_the_event() -> None:
    counted = count_events([Photo("5月12日.jpg"), Photo("5月12日.jpg"), Photo("5月12日-2.jpg")], 2)
    assert counted.joined == (("5月12日", 2),)


@pytest.mark.parametrize(
    ("asked", "families", "told"),
    [
        ("现场照片", ["sheet"], "照片"),
        ("现场照片", ["image"], None),
        ("现场照片", ["zip"], None),
        ("宣传视频", ["image"], "视频"),
        ("巡查台账", ["image"], "表格"),
        ("工作总结", ["image"], None),
        ("现场照片", [], None),
    ],
)
def test_another_kind_of_file_than_was_asked_for_is_told(asked: str, families: list[str], told: str | None) -> None:
    assert wrong_type(asked, families) == told


@pytest.mark.parametrize(
    ("title", "sensitive"),
    [("报送《严重精神障碍患者台账》：平安建设", True), ("社区戒毒人员花名册", True), ("重点人口宣传工作总结", False), ("垃圾分类台账", False)],
)
def test_a_list_of_people_whom_it_may_harm_is_known_by_its_name(title: str, sensitive: bool) -> None:
    assert is_sensitive_ledger(title) is sensitive
