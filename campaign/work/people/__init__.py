"""Units, people and accounts: entering them, and who follows whom."""
