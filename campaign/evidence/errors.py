"""Refusals about evidence, in the words of the person who hands it in."""

from __future__ import annotations

from campaign.errors import CampaignError, NotFound


class BadFile(CampaignError):
    """This file will not be taken as it is."""

    code = "bad_file"


class Damaged(CampaignError):
    """The bytes on disk are not those that were handed in."""

    code = "damaged_file"


class Withdrawn(CampaignError):
    code = "withdrawn_file"


class NoSuchFile(NotFound):
    code = "no_file"


class BadPackage(CampaignError):
    code = "bad_package"
