"""Pictures of people: whatever is uploaded is drawn anew, so that nothing but its pixels is kept."""

from __future__ import annotations

import re
import secrets
import warnings
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

SIDE = 256  # pixels; pictures are square
LARGEST = 5 * 1024 * 1024  # bytes of an upload
PIXELS = 40_000_000  # of an upload: what a telephone's camera makes, and no more
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
CONTENT_TYPE = "image/webp"
NAME = re.compile(r"[a-z0-9]{24}\.webp")


def folder() -> Path:
    """Where they lie."""
    return Path(settings.MEDIA_ROOT) / "pictures"


def save(upload: UploadedFile) -> str:
    """Keep an uploaded picture; its name. Raises ValidationError when it is too large or no picture."""
    if (upload.size or 0) > LARGEST:
        raise ValidationError({"picture": _("The picture is larger than 5 MB.")})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(upload, formats=FORMATS)
            if image.width * image.height > PIXELS:
                raise ValidationError({"picture": _("The picture has too many pixels.")})
            image.draft("RGB", (SIDE * 2, SIDE * 2))
            square = ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), (SIDE, SIDE))
    except ValidationError:
        raise
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Warning,
        OSError,
        ValueError,
        SyntaxError,
    ) as error:
        raise ValidationError({"picture": _("This is no picture: use JPEG, PNG, WebP or GIF.")}) from error
    folder().mkdir(parents=True, exist_ok=True)
    name = f"{secrets.token_hex(12)}.webp"
    square.save(folder() / name, "WEBP", quality=85)
    return name


def find(name: str) -> Path | None:
    """The file of that name, if it is one of ours."""
    path = folder() / name
    return path if NAME.fullmatch(name) and path.is_file() else None


def remove(name: str) -> None:
    """Delete a picture that nobody uses any more."""
    if NAME.fullmatch(name):
        (folder() / name).unlink(missing_ok=True)


def picture_url(picture: str | None) -> str:
    """Where a picture is read; another picture has another address, so that it can be kept for long."""
    return f"/api/v1/pictures/{picture}" if picture else ""
