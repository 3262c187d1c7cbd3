"""A reader for each kind of file; campaign/plan/documents.py chooses among them."""
