"""From a plan to a campaign and what changes it later: launch, phases, gates, calendars, ladders."""
