"""What is said to units and how it leaves the house: wording and channels. No database, no Prefect."""
