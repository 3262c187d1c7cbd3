"""Accounts, and the roll of units, posts and people."""
