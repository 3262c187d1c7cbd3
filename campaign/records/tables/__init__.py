"""Every table of the product. Importing this module fills `SQLModel.metadata`; the migrations and the schema tests rely on that."""

from campaign.records.tables.accounts import LoginThrottle, PortalAccount, PortalGrant, PortalIdentity, PortalSession
from campaign.records.tables.base import metadata
from campaign.records.tables.burden import ExtraRequest
from campaign.records.tables.duties import Duty, DutyKind, DutyState, StoredFile, Submission, SubmissionFile, Suspension, SuspensionDuty, Verdict
from campaign.records.tables.escalations import Attempt, Delivery, DocumentCounter, Escalation, LadderChoice, LadderVersion, Notice, NoticeLine, RungRow
from campaign.records.tables.inspections import Finding, GateRecord, Inspection, PackageRecord
from campaign.records.tables.log import CalendarDay, CalendarHead, CalendarOverlay, Event, EventBlock, Lease, Parked, PassDecision, PassDue, PassRun
from campaign.records.tables.paper import CoverSheet, PaperReceipt, Signatory
from campaign.records.tables.papers import Amendment, ChannelBudget, NoticePerson, TypedNumber
from campaign.records.tables.plans import Campaign, Item, ItemUnit, Phase, PlanVersion, Requirement, Series
from campaign.records.tables.requests import DutyRequest, FileWithdrawal, NoticeReading, Upload
from campaign.records.tables.reviews import CompiledPart, ReviewChain, ReviewChoice, ReviewStep, StepVerdict
from campaign.records.tables.units import Absence, Body, BodyMember, Person, Post, Tenure, Unit, UnitAlias

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
