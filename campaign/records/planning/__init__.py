"""Queries that a launch and its changes need: registry, phases, ladders, calendars."""
