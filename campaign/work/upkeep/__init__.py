"""Keeping house: backup, retention, verifying, sealing the log."""
