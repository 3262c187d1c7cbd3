"""Every table of the product, each loaded when it is asked for.

A table class costs milliseconds, and a command needs a few of them. So a name is looked up here when somebody imports it; its module imports
those that its foreign keys point at, and nothing else is loaded. Whoever asks for `metadata` means the whole schema, and gets it whole.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign.records.tables.accounts import LoginThrottle, PortalAccount, PortalGrant, PortalIdentity, PortalSession
    from campaign.records.tables.base import metadata
    from campaign.records.tables.burden import ExtraRequest
    from campaign.records.tables.calendars import CalendarDay, CalendarHead, CalendarOverlay
    from campaign.records.tables.campaigns import Campaign, Phase
    from campaign.records.tables.deliveries import Attempt, Delivery, DocumentCounter
    from campaign.records.tables.duties import Duty, DutyKind, DutyState
    from campaign.records.tables.escalations import Escalation, NoticeLine
    from campaign.records.tables.files import StoredFile
    from campaign.records.tables.gates import GateRecord, PackageRecord
    from campaign.records.tables.inspections import Finding, Inspection
    from campaign.records.tables.items import Item, ItemUnit, Requirement, Series
    from campaign.records.tables.ladders import LadderVersion, RungRow
    from campaign.records.tables.log import Event, EventBlock
    from campaign.records.tables.notices import Notice, NoticeState
    from campaign.records.tables.paper import CoverSheet, PaperReceipt, Signatory
    from campaign.records.tables.papers import Amendment, ChannelBudget, NoticePerson, NoticeReading, TypedNumber
    from campaign.records.tables.pass_runs import PassRun
    from campaign.records.tables.passes import Lease, Parked, PassDecision, PassDue
    from campaign.records.tables.people import Absence, Person, Post, Tenure
    from campaign.records.tables.plans import Body, BodyMember, LadderChoice, PlanVersion
    from campaign.records.tables.requests import DutyRequest
    from campaign.records.tables.reviews import CompiledPart, ReviewChain, ReviewChoice, ReviewStep, StepVerdict
    from campaign.records.tables.submissions import Submission, SubmissionFile, Verdict
    from campaign.records.tables.suspensions import Suspension, SuspensionDuty
    from campaign.records.tables.units import Unit, UnitAlias
    from campaign.records.tables.uploads import FileWithdrawal, Upload

__all__ = [
    "Absence",
    "Amendment",
    "Attempt",
    "Body",
    "BodyMember",
    "CalendarDay",
    "CalendarHead",
    "CalendarOverlay",
    "Campaign",
    "ChannelBudget",
    "CompiledPart",
    "CoverSheet",
    "Delivery",
    "DocumentCounter",
    "Duty",
    "DutyKind",
    "DutyRequest",
    "DutyState",
    "Escalation",
    "Event",
    "EventBlock",
    "ExtraRequest",
    "FileWithdrawal",
    "Finding",
    "GateRecord",
    "Inspection",
    "Item",
    "ItemUnit",
    "LadderChoice",
    "LadderVersion",
    "Lease",
    "LoginThrottle",
    "Notice",
    "NoticeLine",
    "NoticePerson",
    "NoticeReading",
    "NoticeState",
    "PackageRecord",
    "PaperReceipt",
    "Parked",
    "PassDecision",
    "PassDue",
    "PassRun",
    "Person",
    "Phase",
    "PlanVersion",
    "PortalAccount",
    "PortalGrant",
    "PortalIdentity",
    "PortalSession",
    "Post",
    "Requirement",
    "ReviewChain",
    "ReviewChoice",
    "ReviewStep",
    "RungRow",
    "Series",
    "Signatory",
    "StepVerdict",
    "StoredFile",
    "Submission",
    "SubmissionFile",
    "Suspension",
    "SuspensionDuty",
    "Tenure",
    "TypedNumber",
    "Unit",
    "UnitAlias",
    "Upload",
    "Verdict",
    "metadata",
]

MODULES = {
    "accounts": (
        "LoginThrottle",
        "PortalAccount",
        "PortalGrant",
        "PortalIdentity",
        "PortalSession",
    ),
    "burden": ("ExtraRequest",),
    "calendars": (
        "CalendarDay",
        "CalendarHead",
        "CalendarOverlay",
    ),
    "campaigns": (
        "Campaign",
        "Phase",
    ),
    "deliveries": (
        "Attempt",
        "Delivery",
        "DocumentCounter",
    ),
    "duties": (
        "Duty",
        "DutyKind",
        "DutyState",
    ),
    "escalations": (
        "Escalation",
        "NoticeLine",
    ),
    "files": ("StoredFile",),
    "gates": (
        "GateRecord",
        "PackageRecord",
    ),
    "inspections": (
        "Finding",
        "Inspection",
    ),
    "items": (
        "Item",
        "ItemUnit",
        "Requirement",
        "Series",
    ),
    "ladders": (
        "LadderVersion",
        "RungRow",
    ),
    "log": (
        "Event",
        "EventBlock",
    ),
    "notices": (
        "Notice",
        "NoticeState",
    ),
    "paper": (
        "CoverSheet",
        "PaperReceipt",
        "Signatory",
    ),
    "papers": (
        "Amendment",
        "ChannelBudget",
        "NoticePerson",
        "NoticeReading",
        "TypedNumber",
    ),
    "pass_runs": ("PassRun",),
    "passes": (
        "Lease",
        "Parked",
        "PassDecision",
        "PassDue",
    ),
    "people": (
        "Absence",
        "Person",
        "Post",
        "Tenure",
    ),
    "plans": (
        "Body",
        "BodyMember",
        "LadderChoice",
        "PlanVersion",
    ),
    "requests": ("DutyRequest",),
    "reviews": (
        "CompiledPart",
        "ReviewChain",
        "ReviewChoice",
        "ReviewStep",
        "StepVerdict",
    ),
    "submissions": (
        "Submission",
        "SubmissionFile",
        "Verdict",
    ),
    "suspensions": (
        "Suspension",
        "SuspensionDuty",
    ),
    "units": (
        "Unit",
        "UnitAlias",
    ),
    "uploads": (
        "FileWithdrawal",
        "Upload",
    ),
}
_HOMES = {name: module for module, names in MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name == "metadata":
        for module in MODULES:
            import_module(f"{__name__}.{module}")
        home = "base"
    elif name in _HOMES:
        home = _HOMES[name]
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = found
    return found
