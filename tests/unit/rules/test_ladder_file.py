"""A ladder that cannot be right is refused with field, line and reason."""

from __future__ import annotations

import pytest

from campaign.rules.ladder import BadLadder, parse_ladder

GOOD = """\
name: trial
title: 试用
rungs:
  - key: remind
    name: 提醒
    when: 到期前3个工作日
    audience: [handler, 单位联络员]
    document: 工作提醒
    channels: file
  - key: urge
    name: 催办
    when: 逾期1个工作日
    dwell: 1个工作日
    audience: [unit_head]
    document: 催办通知单
    channels: [短信, file, sms]
  - key: circulate
    name: 通报
    when: +4wd
    dwell: 4h
    audience: [组长]
    document: 通报
    channels: [file]
    signed: true
    signer: 办公室主任
"""


def test_chinese_words_and_keys_mean_the_same() -> None:
    ladder = parse_ladder(GOOD, "trial.yaml")
    first, second, third = ladder.rungs
    assert first.audience == ("handler", "contact")
    assert second.channels == ("sms", "file")
    assert [str(rung.when.model_dump()) for rung in ladder.rungs] == ["-3wd", "+1wd", "+4wd"]
    assert [str(rung.dwell.model_dump()) for rung in ladder.rungs] == ["0wd", "1wd", "4h"]
    assert (third.signed, third.signer, third.issuer) == (True, "办公室主任", "办公室")


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        pytest.param("[unit_head]", "[局长]", 14, "“局长”不是可用的送达对象", id="unknown-audience"),
        pytest.param("dwell: 1个工作日", "dwell: -1wd", 13, "间隔不能为负数", id="negative-dwell"),
        pytest.param("dwell: 4h", "dwell: 4d", 20, "按工作时间计", id="dwell-in-calendar-days"),
        pytest.param("+4wd", "+0wd", 19, "早于上一级“催办”", id="rungs-out-of-order"),
        pytest.param("+4wd", "-1wd", 19, "在到期之前，却排在逾期后的“催办”之后", id="reminder-after-overdue"),
        pytest.param("    signer: 办公室主任\n", "", 24, "没有写签发人", id="signed-without-signer"),
        pytest.param("[短信, file, sms]", "[传真]", 16, "“传真”不是可用的送达通道", id="unknown-channel"),
        pytest.param("key: urge", "key: remind", 10, "已用于“提醒”", id="key-twice"),
        pytest.param("when: +4wd", "when: 下周", 19, "应写成 -3wd", id="when-not-understood"),
        pytest.param("when: +4wd", "when: 1.5wd", 19, "应为整数", id="half-a-day"),
        pytest.param("when: +4wd", "when: [1]", 19, "应写成", id="when-a-list"),
        pytest.param("    when: +4wd\n", "", 17, "没有写：何时进入这一级", id="when-missing"),
        pytest.param("signed: true", "signed: 是", 24, "应为 true 或 false", id="flag-not-a-flag"),
        pytest.param("document: 通报", "documnet: 通报", 22, "是否要写 document？", id="misspelt-field"),
        pytest.param("name: 催办", "name: ''", 11, "应填写文字", id="empty-name"),
        pytest.param("    signer: 办", "    score: 少\n    signer: 办", 25, "应为数字", id="score-not-a-number"),
    ],
)
def test_fault_is_named_by_line(old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    with pytest.raises(BadLadder) as caught:
        parse_ladder(GOOD.replace(old, new), "trial.yaml")
    assert f"第 {line} 行" in caught.value.message
    assert says in caught.value.message
    assert "trial.yaml" in caught.value.message


def test_all_faults_are_told_at_once() -> None:
    broken = GOOD.replace("[unit_head]", "[局长]").replace("[短信, file, sms]", "[传真]")
    with pytest.raises(BadLadder) as caught:
        parse_ladder(broken, "trial.yaml")
    assert [line for line, _ in caught.value.context["faults"]] == [14, 16]  # type: ignore[attr-defined]  # context is open by design


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "是空的", id="empty"),
        pytest.param("[1, 2]", "“字段: 值”", id="a-list"),
        pytest.param("name: a\nrungs: []\n", "没有任何督办级别", id="no-rungs"),
        pytest.param("name: a\n", "没有任何督办级别", id="rungs-missing"),
        pytest.param("name: a\nrungs: [x]\n", "第 1 级应由", id="rung-is-a-word"),
        pytest.param("name: a\n  rungs: x: y\n", "不是有效的 YAML：第 2 行", id="broken-yaml"),
        pytest.param("name: 2026-09-31\n", "不是有效的 YAML", id="impossible-date"),
        pytest.param("name: a\nname: b\nrungs: []\n", "同一字段写了两次", id="field-twice"),
    ],
)
def test_what_is_no_ladder_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadLadder, match=r"督办规则 x\.yaml") as caught:
        parse_ladder(text, "x.yaml")
    assert says in caught.value.message


def test_two_reminders_at_one_moment_are_refused() -> None:
    twice = GOOD.replace("when: 逾期1个工作日", "when: -3wd")
    with pytest.raises(BadLadder, match="同一时刻的提醒"):
        parse_ladder(twice, "x.yaml")


def test_two_rungs_of_one_name_are_refused_in_a_file_and_go_on_where_they_run() -> None:
    twice = GOOD.replace("name: 通报", "name: 催办")
    with pytest.raises(BadLadder, match="第 3 级与第 2 级都叫“催办”"):
        parse_ladder(twice, "trial.yaml")
    assert [rung.name for rung in parse_ladder(twice, "trial.yaml", stored=True).rungs] == ["提醒", "催办", "催办"]


def test_a_file_in_another_encoding_is_named_and_a_mark_at_its_beginning_is_no_fault() -> None:
    with pytest.raises(BadLadder, match="不是 UTF-8 编码的文本"):
        parse_ladder(GOOD.encode("gbk"), "trial.yaml")
    assert parse_ladder(GOOD.encode("utf-8-sig"), "trial.yaml") == parse_ladder(GOOD, "trial.yaml")


def test_the_same_fault_in_several_rungs_is_told_once_with_its_lines() -> None:
    with pytest.raises(BadLadder) as refused:
        parse_ladder(GOOD.replace("file", "微博"), "trial.yaml")
    assert refused.value.message.count("不是可用的送达通道") == 1
    assert "第 9、16、23 行" in refused.value.message
