"""What a picture says before it is decoded: how many pixels it would become, and when its camera says that it was taken.

Refuses bombs: a few kilobytes may unfold into gigabytes, so the size in the header is asked first. A photo in JPEG may be large, for it is
decoded at a fraction of its size.

Imported when the first picture comes: Pillow is 3 MB that a portal without one does not need.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import BinaryIO

from PIL import ExifTags, Image, UnidentifiedImageError

from campaign.evidence.errors import BadFile

MOST_PIXELS, MOST_JPEG_PIXELS = 60_000_000, 260_000_000
_TAKEN = ExifTags.Base.DateTimeOriginal
Broken = (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError)


@contextmanager
def opened_picture(source: Path | BinaryIO) -> Iterator[Image.Image]:
    """Its header only; the limits are ours, so Pillow's own warning about large pictures stays away."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(source) as picture:
            yield picture


def too_many_pixels(picture: Image.Image) -> bool:
    return picture.width * picture.height > (MOST_JPEG_PIXELS if picture.format == "JPEG" else MOST_PIXELS)


def taken_on(picture: Image.Image) -> date | None:
    said = picture.getexif().get_ifd(ExifTags.IFD.Exif).get(_TAKEN)
    try:
        return date.fromisoformat(str(said)[:10].replace(":", "-")) if said else None
    except ValueError:
        return None


def look_at_picture(path: Path, name: str) -> date | None:
    """The day it was taken, where it says so. A picture that cannot be read is for the reviewer to send back; a bomb is refused here."""
    try:
        with opened_picture(path) as picture:
            if too_many_pixels(picture):
                raise BadFile(f"「{name}」展开后有 {picture.width}×{picture.height} 像素，已拒收：请缩小后上传。", name=name)
            return taken_on(picture)
    except Image.DecompressionBombError as bomb:
        raise BadFile(f"「{name}」展开后像素过多，已拒收：请缩小后上传。", name=name) from bomb
    except Broken:
        return None
