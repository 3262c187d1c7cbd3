"""A notice says the fact, the list with its time limits, and what to do; never more than its readers may see."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from campaign.notices.phrases import PHRASES
from campaign.notices.wording import LINES_SHOWN, compose, compose_for_group, due_words
from campaign.records.papers.outbox import Line
from campaign.rules.calendar import due_at_of_day
from tests.unit.notices.samples import ISSUED, notice


@pytest.mark.parametrize("kind", [*PHRASES, "工作联系单"])
def test_every_kind_names_campaign_count_lines_and_day_of_issue(kind: str) -> None:
    message = compose(notice(kind=kind))
    for text in (message.text_plain, message.text_markdown):
        assert kind in text
        assert "报送动员部署情况" in text
        assert "2026年9月3日" in text
        assert " 2 " in text
        assert "《临江区创建卫生社区实施方案》" in text
        assert "{" not in text
    assert message.subject.startswith(kind)


@pytest.mark.parametrize("kind", ["通报", "提请问责建议函", "督办情况报告", "签发提醒"])
def test_papers_about_a_unit_are_not_addressed_to_it(kind: str) -> None:
    assert "城关街道：" not in compose(notice(kind=kind)).text_plain


def test_accountability_is_only_proposed() -> None:
    text = compose(notice(kind="提请问责建议函")).text_plain
    assert "请依规依纪依法研究决定" in text


@pytest.mark.parametrize(
    ("due_at", "words"),
    [
        pytest.param(None, "待定", id="no time yet"),
        pytest.param(due_at_of_day(date(2026, 9, 30)), "9月30日", id="a day is its own last day"),
        pytest.param(datetime(2026, 9, 30, 8, tzinfo=UTC), "9月30日 16:00", id="an hour is shown in campaign time"),
        pytest.param(due_at_of_day(date(2027, 1, 5)), "2027年1月5日", id="another year is said"),
        pytest.param(due_at_of_day(date(2026, 8, 31)), "8月31日，已逾期 3 天", id="overdue counts to the day of issue"),
        pytest.param(due_at_of_day(date(2026, 9, 2)), "9月2日，已逾期 1 天", id="the day after is one day"),
        pytest.param(datetime(2026, 9, 3, 1, tzinfo=UTC), "9月3日 09:00，已逾期", id="overdue by hours"),
        pytest.param(due_at_of_day(date(2025, 12, 31)), "2025年12月31日，已逾期 246 天", id="last year"),
    ],
)
def test_time_limit_in_words(due_at: datetime | None, words: str) -> None:
    assert due_words(due_at, ISSUED) == words


def test_long_digest_is_capped_and_says_how_many_are_left() -> None:
    lines = tuple(Line(n, f"任务{n}号", None) for n in range(1, LINES_SHOWN + 8))
    for text in (compose(notice(lines=lines)).text_plain, compose(notice(lines=lines)).text_markdown):
        assert f"任务{LINES_SHOWN}号" in text
        assert f"任务{LINES_SHOWN + 1}号" not in text
        assert "其余 7 项见工作台" in text
    assert str(LINES_SHOWN + 7) in compose(notice(lines=lines)).subject


def test_digest_at_the_cap_has_no_rest() -> None:
    lines = tuple(Line(n, f"任务{n}号", None) for n in range(LINES_SHOWN))
    assert "其余" not in compose(notice(lines=lines)).text_plain


def test_number_of_the_document_stands_in_subject_and_text() -> None:
    message = compose(notice(kind="督办通知书", number="创办督〔2026〕12号"))
    assert "创办督〔2026〕12号" in message.subject
    assert "创办督〔2026〕12号" in message.text_plain


def test_before_golive_subject_and_first_line_say_rehearsal() -> None:
    message = compose(notice(live=False))
    assert message.subject.startswith("【演练】")
    assert message.text_plain.startswith("【演练】")
    assert message.text_markdown.startswith("【演练】")
    assert compose_for_group(notice(live=False)).subject.startswith("【演练】")
    assert "演练" not in compose(notice()).text_plain


def test_user_text_cannot_become_markdown_or_a_new_line() -> None:
    line = Line(1, "报送*清单*\n2. [伪造](http://x.example)", None, reason="缺`说明`|报告")
    markdown = compose(notice(lines=(line,))).text_markdown
    assert "\n2. " not in markdown
    assert r"\[伪造\]" in markdown
    assert r"\*清单\*" in markdown
    assert r"\`说明\`\|报告" in markdown
    assert "\n2. " not in compose(notice(lines=(line,))).text_plain


def test_reason_of_a_return_is_told_under_its_own_word() -> None:
    assert "退回意见：缺少说明报告" in compose(notice(kind="退回补正通知", lines=(Line(1, "工作总结", None, "缺少说明报告"),))).text_plain


def test_braces_in_names_are_left_alone() -> None:
    message = compose(notice(unit_name="第{3}小学", campaign_title="{2026}方案"))
    assert "第{3}小学：" in message.text_plain
    assert "《{2026}方案》" in message.text_plain


def test_bulletin_is_its_own_text_without_salutation() -> None:
    message = compose(notice(kind="周报", number="第12期", body="一、总体进展\n红灯 3 项", lines=()))
    assert "红灯 3 项" in message.text_plain
    assert "城关街道" not in message.text_plain
    assert message.subject == "周报（第12期）"


def test_notice_whose_lines_are_finished_asks_for_nothing() -> None:
    assert "无需办理" in compose(notice(lines=())).text_plain


@pytest.mark.parametrize("kind", [*PHRASES, "周报"])
def test_group_message_names_title_and_number_only(kind: str) -> None:
    outgoing = notice(kind=kind, number="创办督〔2026〕12号", unit_name="城关街道", body="内部正文" if kind == "周报" else None)
    message = compose_for_group(outgoing)
    for text in (message.subject, message.text_plain, message.text_markdown):
        assert kind in text
        assert "创办督〔2026〕12号" in text
        assert "城关街道" not in text
        assert "报送动员部署情况" not in text
        assert "内部正文" not in text
