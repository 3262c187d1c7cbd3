"""What writes Excel and Word and draws PDF is imported when it is first needed: an idle portal, and one that takes in a file, does without it."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("openpyxl", "docx", "docxtpl", "lxml", "pypdfium2", "alembic", "mammoth", "python_calamine")


def test_a_portal_starts_without_the_libraries_that_it_may_never_need() -> None:
    asked = f"import sys, campaign.portal.__main__; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=300)
    assert found.stdout.strip() == "[]"
