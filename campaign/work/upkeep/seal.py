"""Sealing the log, for the clock and before any export."""

from campaign.records.log import seal_events

__all__ = ["seal_events"]
