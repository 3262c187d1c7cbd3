"""`python -m campaign.cli` is `campaign`."""

from campaign.cli.entry import run

run()
