"""Invented plans and files for the tests; nothing here is taken from a real plan."""
