"""`python -m campaign.cli` is `campaign`."""

from campaign.cli.main import run

run()
