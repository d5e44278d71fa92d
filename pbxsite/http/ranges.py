"""Sound files for players that jump: byte ranges (RFC 9110 §14)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

KINDS = {".mp3": "audio/mpeg"}
PIECE = 64 * 1024
ONE_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


def play(
    request: HttpRequest, path: Path, folder: Path, name: str, *, save: bool = False
) -> HttpResponseBase:
    """Answer with the sound at `path` or the range of it that is asked for; `name` is for saving it.

    With `save` the browser saves it instead of playing it. The caller has checked that the person may hear it.
    Raises Http404 when the file is not there, or not under `folder`.
    """
    path = path.resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise Http404
    size = path.stat().st_size
    first, last, status = 0, size - 1, 200
    if match := ONE_RANGE.fullmatch(request.headers.get("Range", "")):
        span = _span(match[1], match[2], size)
        if span is None:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        (first, last), status = span, 206
    response = StreamingHttpResponse(
        _read(path, first, last - first + 1), status=status, content_type=KINDS.get(path.suffix, "audio/wav")
    )
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = last - first + 1
    if status == 206:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Disposition"] = content_disposition_header(save, name) or "inline"
    # Somebody's voice: no shared cache, and nothing left on the disk of the computer it was heard on.
    response["Cache-Control"] = "private, no-store"
    return response


def _span(first: str, last: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte that are meant, or None when no byte of the file is."""
    if not first:
        length = min(int(last or 0), size)
        return (size - length, size - 1) if length else None
    begin, end = int(first), min(int(last or size), size - 1)
    return (begin, end) if begin <= end else None


async def _read(path: Path, first: int, length: int) -> AsyncIterator[bytes]:
    """The bytes in pieces, so that an hour of sound does not sit in memory."""
    with await asyncio.to_thread(path.open, "rb") as file:
        await asyncio.to_thread(file.seek, first)
        while length > 0 and (piece := await asyncio.to_thread(file.read, min(PIECE, length))):
            length -= len(piece)
            yield piece
