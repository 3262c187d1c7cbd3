"""A file that came with a form, as a path for what reads paths. Gone when the block ends: only evidence is kept, and it goes another way."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.datastructures import UploadFile

from campaign.evidence.names import clean_name


@contextmanager
def kept_aside(sent: UploadFile, usual: str) -> Iterator[Path]:
    """Named as the visitor named it, so that complaints name the file that he knows; `usual` where it came without a name."""
    with tempfile.TemporaryDirectory(prefix="campaign-sent-") as folder:
        path = Path(folder) / clean_name(sent.filename or usual)
        with path.open("wb") as out:
            shutil.copyfileobj(sent.file, out)
        yield path
