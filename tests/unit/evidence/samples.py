"""A small campaign with everything that a package has to tell apart."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from campaign.evidence.files import FileStore
from campaign.records.log import write_event
from campaign.records.planning.ladders import store_ladder
from campaign.records.store import Store
from campaign.records.tables import (
    Campaign,
    Duty,
    Item,
    ItemUnit,
    Phase,
    PlanVersion,
    Requirement,
    ReviewChain,
    ReviewStep,
    StepVerdict,
    StoredFile,
    Submission,
    SubmissionFile,
    Unit,
    Verdict,
)
from campaign.rules.calendar import due_at_of_day

NOW = datetime(2026, 9, 3, 1, 30, tzinfo=UTC)
LADDER = Path(__file__).parents[3] / "config" / "ladders" / "default.yaml"


def pdf(text: str) -> bytes:
    return b"%PDF-1.4\n" + text.encode() + b"\n%%EOF\n"


class Sample:
    """Writes rows in the order in which it is asked, so ids are the same each time."""

    def __init__(self, store: Store, files: FileStore) -> None:
        self.store, self.files = store, files
        with store.begin() as tx:
            office, street, school = (
                self._add(tx, Unit(code=code, name=name)) for code, name in (("U001", "创建办"), ("U012", "城关街道"), ("U013", "第一/实验小学"))
            )
            self.office, self.street, self.school = office.id, street.id, school.id
            self.ladder = store_ladder(tx, "default", LADDER.read_text(encoding="utf-8"))
            campaign = self._add(tx, Campaign(slug="wsc", title="临江区创建卫生社区", kind="campaign_plan", launched_at=NOW, office_unit_id=self.office,
                                              ladder_id=self.ladder, office_ladder_id=self.ladder))  # fmt: skip
            self.campaign: int = campaign.id
            self._add(tx, PlanVersion(campaign_id=self.campaign, number=1, sha256="a" * 64, spec={}, applied_at=NOW, actor="林一"))
            self.phase: int = self._add(tx, Phase(campaign_id=self.campaign, key="p1", number=1, name="推进阶段", kind="rollout", state="open")).id
            write_event(tx, at=NOW, actor="林一", verb="launch", campaign_id=self.campaign)

    def item(self, title: str, *, number: str | None = None, **changes: Any) -> int:
        with self.store.begin() as tx:
            item = self._add(tx, Item(campaign_id=self.campaign, phase_id=self.phase, key=f"k{title}", title=title, number=number, **changes))
            tx.add(ItemUnit(item_id=item.id, unit_id=self.street, role="lead"))
            return int(item.id)

    def material(self, item: int, name: str) -> int:
        with self.store.begin() as tx:
            return int(self._add(tx, Requirement(item_id=item, number=1, name=name)).id)

    def duty(self, title: str, unit: int, *, item: int | None = None, kind: str = "material", state: str = "open", **changes: Any) -> int:
        with self.store.begin() as tx:
            duty = Duty(campaign_id=self.campaign, phase_id=self.phase, unit_id=unit, kind=kind, origin=f"test:{title}/{unit}/{item}", title=title, state=state,
                        due_at=due_at_of_day(date(2026, 9, 30)), ladder_id=self.ladder, opened_at=NOW, item_id=item, **changes)  # fmt: skip
            return int(self._add(tx, duty).id)

    def version(self, duty: int, number: int, *named: tuple[str, bytes], outcome: str | None = "accepted", note: str = "") -> list[str]:
        """Hand in files, with a verdict or without; answers their hashes."""
        kept = [self.files.put(io.BytesIO(content), name) for name, content in named]
        with self.store.begin() as tx:
            for file in kept:
                if tx.get(StoredFile, file.sha256) is None:
                    self._add(tx, StoredFile(sha256=file.sha256, size=file.size, media_type=file.media_type, stored_at=NOW))
            digest = hashlib.sha256(repr((number, duty)).encode()).hexdigest()
            submission = self._add(tx, Submission(duty_id=duty, version=number, sha256=digest, note=note, submitted_by="吴二", submitted_at=NOW))
            for place, file in enumerate(kept, 1):
                tx.add(SubmissionFile(submission_id=submission.id, number=place, sha256=file.sha256, name=file.name))
            if outcome:
                tx.add(Verdict(submission_id=submission.id, outcome=outcome, given_by="郑三", given_at=NOW))
        return [file.sha256 for file in kept]

    def chain(self) -> int:
        """Two steps: the office's review and the report outside with its receipt; answers the number of the last."""
        with self.store.begin() as tx:
            chain = self._add(tx, ReviewChain(name="report", title="审核并上报", sha256="c" * 64))
            first = ReviewStep(chain_id=chain.id, number=1, key="office", name="创建办审核", who="office", days=2)
            last = ReviewStep(chain_id=chain.id, number=2, key="report", name="上报", who="office", days=2, receipt=True)
            return int(self._add(tx, first).id and self._add(tx, last).id)

    def reported(self, duty: int, version: int, step: int, *, receipt: str = "", scan: tuple[str, bytes] | None = None) -> str | None:
        """Both steps have let that version pass; answers the hash of the receipt's scan."""
        kept = self.files.put(io.BytesIO(scan[1]), scan[0]) if scan else None
        with self.store.begin() as tx:
            if kept and tx.get(StoredFile, kept.sha256) is None:
                self._add(tx, StoredFile(sha256=kept.sha256, size=kept.size, media_type=kept.media_type, stored_at=NOW))
            submission = tx.exec(select(Submission).where(Submission.duty_id == duty, Submission.version == version)).one()
            for number, step_id in ((1, step - 1), (2, step)):
                given = StepVerdict(submission_id=submission.id, step_id=step_id, number=number, outcome="accepted", sha256=submission.sha256, given_by="郑三",
                                    given_at=NOW)  # fmt: skip
                if step_id == step:
                    given.receipt, given.receipt_sha256, given.receipt_name = receipt, kept.sha256 if kept else None, scan[0] if scan else ""
                tx.add(given)
        return kept.sha256 if kept else None

    @staticmethod
    def _add(tx: Session, row: Any) -> Any:
        tx.add(row)
        tx.flush()
        return row


def filled(store: Store, files: FileStore) -> Sample:
    """Two items; accepted, returned, open, waived, signed and internal duties; a rectification; a version that waits over an accepted one."""
    sample = Sample(store, files)
    first, second = sample.item("建立工作机制", number="1.1"), sample.item("=整治占道经营/夜市")
    plan = sample.material(first, "实施方案")
    accepted = sample.duty("报送实施方案", sample.street, item=first, state="accepted", requirement_id=plan)
    sample.version(accepted, 1, ("旧方案.pdf", pdf("old")), outcome="returned")
    sample.version(accepted, 2, ("方案.pdf", pdf("plan")), ("附件 一？.txt", "附件".encode()), note="=已盖章")
    newer = sample.duty("报送总结", sample.street, item=second, state="submitted")
    sample.version(newer, 1, ("总结一.pdf", pdf("one")))
    sample.version(newer, 2, ("总结二.pdf", pdf("two")), outcome=None)
    signed = sample.duty("签订责任书", sample.school, item=first, kind="sign", state="accepted")
    sample.version(signed, 1, ("责任书.pdf", pdf("sign")), outcome=None)
    sample.duty("报送台账", sample.school, item=second)
    sample.duty("报送照片", sample.street, item=second, required=False)
    sample.duty("报送名册", sample.school, item=second, state="waived", closed_reason="不涉及")
    sample.duty("报送旧表", sample.school, item=second, state="cancelled")
    sample.duty("审核：报送实施方案", sample.office, kind="review")
    sample.duty("报送会议纪要", sample.school, kind="perform")
    return sample
