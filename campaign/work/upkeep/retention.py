"""What is taken away when its time is over: numbers of people who left, backups, uploads that broke off,
what errands for pages brought back, and Prefect's old runs.

Each is asked for by itself and may run again; one that cannot be done (Prefect is down) does not keep the others from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from campaign.disk import why
from campaign.engine.client import Engine
from campaign.engine.housekeeping import delete_old_runs, delete_quiet_checks
from campaign.errors import CampaignError
from campaign.evidence.files import FileStore
from campaign.records.log import write_event
from campaign.records.retention import forget_phones
from campaign.records.store import Store
from campaign.rules.calendar import campaign_day
from campaign.work.by import By
from campaign.work.upkeep.backup import drop_old_backups
from campaign.work.upkeep.errands import forget_old

QUIET_FOR = timedelta(days=2)


@dataclass(frozen=True)
class Terms:
    """For how many days each is kept."""

    phones: int
    backups: int
    runs: int


class TermSettings(Protocol):
    @property
    def phone_keep_days(self) -> int: ...
    @property
    def backup_keep_days(self) -> int: ...
    @property
    def runs_keep_days(self) -> int: ...


def terms_of(settings: TermSettings) -> Terms:
    return Terms(settings.phone_keep_days, settings.backup_keep_days, settings.runs_keep_days)


@dataclass
class Cleaned:
    phones: int = 0
    backups: int = 0
    uploads: int = 0
    errands: int = 0
    runs: int = 0
    troubles: list[str] = field(default_factory=list)

    @property
    def message(self) -> str:
        words = {
            "phones": "离任人员联系方式 {} 人",
            "backups": "旧备份 {} 个",
            "uploads": "中断的上传 {} 个",
            "errands": "过期的演练、推算和资料包草稿 {} 份",
            "runs": "Prefect 旧运行 {} 条",
        }
        told = [text.format(getattr(self, name)) for name, text in words.items() if getattr(self, name)]
        return ("已清理：" + "、".join(told) if told else "没有到期需要清理的内容") + "".join(f"；{trouble}" for trouble in self.troubles)


def clean(
    store: Store, by: By, terms: Terms, *, backups: Path, evidence: FileStore | None = None, engine: Engine | None = None, errands: Path | None = None
) -> Cleaned:
    cleaned = Cleaned(phones=forget_people_who_left(store, by, terms.phones))
    try:
        cleaned.backups = len(drop_old_backups(backups, by.now, terms.backups))
        cleaned.uploads = evidence.forget_unfinished(by.now) if evidence is not None else 0
        cleaned.errands = forget_old(errands, by.now) if errands is not None else 0
    except OSError as error:
        cleaned.troubles.append(f"旧文件没有删净：{why(error)}")
    if engine is not None:
        try:
            cleaned.runs = delete_old_runs(engine, by.now - timedelta(days=terms.runs)) + delete_quiet_checks(engine, by.now - QUIET_FOR)
        except CampaignError as down:
            cleaned.troubles.append(f"Prefect 的旧运行没有清理：{down.message}")
    return cleaned


def forget_people_who_left(store: Store, by: By, days: int) -> int:
    """Who has held no post for so many days. The log says how many, and no number."""
    with store.begin() as tx:
        people = forget_phones(tx, campaign_day(by.now) - timedelta(days=days))
        if people:
            write_event(
                tx, at=by.now, actor=by.actor, verb="forget_phones", reason=by.reason or f"离任满 {days} 天，按规定不再保存联系方式", detail={"people": people}
            )
    return len(people)
