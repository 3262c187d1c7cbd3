"""What stands where in a package: rows from the records become folders by item, lines of the index and the missing list.

Pure. Owns the order and the names of folders, so that the same records always make the same package, on either database. Missing is what
is required and neither accepted nor waived; also a file that was accepted and cannot be read any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from campaign.evidence.files import Health
from campaign.evidence.names import clean_name, clean_part
from campaign.records.duty.evidence import CampaignFacts, DutyFacts, FileFacts, ItemFacts, StepFacts, VersionFacts
from campaign.records.tables.duties import DutyKind, DutyState
from campaign.rules.calendar import CAMPAIGN_ZONE, due_on

MATERIALS = "资料"
RECTIFICATIONS = "整改事项"
OTHERS = "其他事项"
_DONE = (DutyState.ACCEPTED, DutyState.WAIVED)


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file of an accepted version; without a path it is not in the package, and `remark` says why."""

    name: str
    sha256: str
    size: int
    path: str | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class PackedStep:
    """A step of the review that let the version pass; `scan` is the receipt of what was reported outside, `facts.receipt` its number."""

    facts: StepFacts
    scan: PackedFile | None

    @property
    def said(self) -> str:
        """上报回执，收文号〔2026〕3号；empty for a step that got none."""
        if not self.facts.receipt and self.scan is None:
            return ""
        return f"{self.facts.name}回执" + (f"，收文号 {self.facts.receipt}" if self.facts.receipt else "")


@dataclass(frozen=True, slots=True)
class PackedDuty:
    facts: DutyFacts
    version: VersionFacts | None
    note_path: str | None
    files: tuple[PackedFile, ...]
    steps: tuple[PackedStep, ...] = ()

    @property
    def receipts(self) -> tuple[PackedStep, ...]:
        return tuple(step for step in self.steps if step.said)

    @property
    def all_files(self) -> tuple[PackedFile, ...]:
        """What was handed in, and the receipts that came back for it."""
        return (*self.files, *(step.scan for step in self.steps if step.scan is not None))

    @property
    def state(self) -> str:
        return DutyState(self.facts.state).label

    @property
    def kind(self) -> str:
        return DutyKind(self.facts.kind).label

    @property
    def due(self) -> str:
        return due_on(self.facts.due_at).isoformat() if self.facts.due_at else ""

    @property
    def accepted_on(self) -> str:
        if self.version is None:
            return ""
        return (self.version.accepted_at or self.version.submitted_at).astimezone(CAMPAIGN_ZONE).date().isoformat()

    @property
    def accepted_by(self) -> str:
        return (self.version.accepted_by or "") if self.version else ""


@dataclass(frozen=True, slots=True)
class Folder:
    number: int
    heading: str
    path: str
    item: ItemFacts | None
    duties: tuple[PackedDuty, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    unit: str
    heading: str
    title: str
    due: str
    why: str


@dataclass(frozen=True, slots=True)
class Rows:
    """What the records answered, of one moment."""

    campaign: CampaignFacts
    items: Sequence[ItemFacts]
    duties: Sequence[DutyFacts]
    versions: Sequence[VersionFacts]
    files: Sequence[FileFacts]
    steps: Sequence[StepFacts]


@dataclass(frozen=True, slots=True)
class Contents:
    campaign: CampaignFacts
    folders: tuple[Folder, ...]
    missing: tuple[Missing, ...] = field(default=())

    @property
    def duties(self) -> Iterable[tuple[Folder, PackedDuty]]:
        return ((folder, duty) for folder in self.folders for duty in folder.duties)

    @property
    def files(self) -> Iterable[PackedFile]:
        return (file for _, duty in self.duties for file in duty.all_files)


def arrange(rows: Rows, health: Mapping[str, Health]) -> Contents:
    """`health` names the stored files that could not be packed; all others are whole."""
    headings: list[tuple[str, ItemFacts | None]] = [(_heading(item), item) for item in rows.items]
    headings += [(RECTIFICATIONS, None), (OTHERS, None)]
    known = {item.id for item in rows.items}
    by_heading: dict[int | str, list[DutyFacts]] = {}
    for duty in sorted(rows.duties, key=lambda one: (one.unit_code, one.id)):
        key = RECTIFICATIONS if duty.finding else duty.item_id if duty.item_id in known else OTHERS
        by_heading.setdefault(key if key is not None else OTHERS, []).append(duty)
    versions = {version.duty_id: version for version in rows.versions}
    files: dict[int, list[FileFacts]] = {}
    for file in rows.files:
        files.setdefault(file.submission_id, []).append(file)
    steps: dict[int, list[StepFacts]] = {}
    for step in rows.steps:
        steps.setdefault(step.submission_id, []).append(step)
    folders: list[Folder] = []
    for heading, item in headings:
        duties = by_heading.get(item.id if item else heading, [])
        if item is None and not duties:
            continue
        number = len(folders) + 1
        path = f"{MATERIALS}/{number:03d} {clean_part(heading, 60)}"
        folders.append(Folder(number, heading, path, item, tuple(_packed(path, duty, versions.get(duty.id), files, steps, health) for duty in duties)))
    return Contents(rows.campaign, tuple(folders), tuple(_missing(folders)))


def _heading(item: ItemFacts) -> str:
    return f"{item.number} {item.title}" if item.number and not item.title.startswith(item.number) else item.title


def _packed(
    folder: str, duty: DutyFacts, version: VersionFacts | None, files: Mapping[int, list[FileFacts]], steps: Mapping[int, list[StepFacts]],
    health: Mapping[str, Health],
) -> PackedDuty:  # fmt: skip
    if version is None:
        return PackedDuty(duty, None, None, ())
    place = f"{folder}/{clean_part(f'{duty.unit_code} {duty.unit}', 45)}/{clean_part(f'{duty.id} {duty.material or duty.title}', 60)}"
    packed = tuple(_file(f"{place}/{file.number:02d}", file, health) for file in files.get(version.id, []))
    passed = tuple(PackedStep(step, _file(f"{place}/回执{step.number:02d}", step.scan, health) if step.scan else None) for step in steps.get(version.id, []))
    return PackedDuty(duty, version, f"{place}/00 报送说明.txt" if version.note.strip() else None, packed, passed)


def _file(start: str, file: FileFacts, health: Mapping[str, Health]) -> PackedFile:
    bad = Health.WITHDRAWN if file.withdrawn_reason else health.get(file.sha256)
    if bad is None:
        return PackedFile(file.name, file.sha256, file.size, f"{start} {clean_name(file.name, 120)}")
    return PackedFile(file.name, file.sha256, file.size, None, f"{bad.label}{'：' + file.withdrawn_reason if file.withdrawn_reason else ''}")


def _missing(folders: Iterable[Folder]) -> list[Missing]:
    found: list[tuple[str, Missing]] = []
    for folder in folders:
        for duty in folder.duties:
            facts = duty.facts
            if facts.required and facts.state not in _DONE:
                found.append((facts.unit_code, Missing(facts.unit, folder.heading, facts.title, duty.due, duty.state)))
            unreadable = [file for file in duty.all_files if file.remark in (Health.DAMAGED.label, Health.MISSING.label)]
            found += [
                (facts.unit_code, Missing(facts.unit, folder.heading, f"{facts.title}：{file.name}", duty.due, f"文件{file.remark}")) for file in unreadable
            ]
    return [missing for _, missing in sorted(found, key=lambda pair: pair[0])]
