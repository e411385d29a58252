"""Photos as phones make them."""

from __future__ import annotations

import io
import random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

EXIF_IFD, GPS_IFD = 0x8769, 0x8825


def picture(seed="", width=640, height=480):
    """A picture with large patches, so that it looks like itself also when smaller."""
    chance = random.Random(seed)
    small = Image.new("RGB", (12, 9))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(12 * 9)])
    return small.resize((width, height), Image.Resampling.BICUBIC)


def bytes_of(image, kind="JPEG", **kwargs):
    made = io.BytesIO()
    image.save(made, kind, **kwargs)
    return made.getvalue()


def phone_notes(taken="2026:11:02 09:05:00", offset=None, orientation=None):
    """What a phone writes into a photo: when, where, which phone."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "SECRETMAKER", "SECRETMODEL"
    if orientation:
        exif[0x0112] = orientation
    inner = exif.get_ifd(EXIF_IFD)
    inner[0x9003] = taken
    if offset:
        inner[0x9011] = offset
    exif.get_ifd(GPS_IFD)[2] = (36.0, 12.0, 1.0)
    return exif


def photo_of(seed="", name="IMG_1.jpg", **kwargs):
    return SimpleUploadedFile(name, bytes_of(picture(seed), **({"exif": phone_notes()} | kwargs)), "image/jpeg")
