"""Queries and writes about one duty or a batch of them: versions, verdicts, requests, findings, parts."""
