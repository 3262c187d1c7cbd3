"""Notices, the outbox, numbers of documents, and when a message may go out."""
