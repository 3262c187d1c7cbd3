"""The log says what was done in Chinese: every verb and subject that the code writes has its word."""

from __future__ import annotations

import re
from pathlib import Path

import campaign
from campaign.portal.words import SUBJECTS
from campaign.work.verbs import VERBS

SOURCES = [file.read_text(encoding="utf-8") for room in ("work", "records", "portal") for file in (Path(campaign.__file__).parent / room).rglob("*.py")]


def test_every_verb_of_the_log_has_a_word() -> None:
    written = {verb for source in SOURCES for verb in re.findall(r'\bverb="([a-z_]+)"', source)}
    assert len(written) > 20
    assert written - set(VERBS) == set()


def test_every_subject_of_the_log_has_a_word() -> None:
    written = {subject for source in SOURCES for subject in re.findall(r'\bsubject="([a-z_]+)"', source)}
    assert len(written) > 5
    assert written - set(SUBJECTS) == set()
