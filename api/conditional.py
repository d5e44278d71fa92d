"""Answers that a client is not sent twice (RFC 9110 §13.1.2), packed if the client can unpack (§8.4.1)."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # RFC 1952 §2.3: deflate, no name, no time, any system
GZIP_END = b"\x03\0"  # the last block of deflate, with nothing in it (RFC 1951 §3.2.6)


class Part:
    """A stretch of an answer. One that many answers share is made, marked and packed once."""

    def __init__(self, text: str) -> None:
        self.body = text.encode()

    @cached_property
    def mark(self) -> bytes:
        """The same for equal parts alone."""
        return hashlib.blake2b(self.body, digest_size=12).digest()

    @cached_property
    def packed(self) -> bytes:
        """Deflated for itself: it refers to nothing outside, so that it goes with any other part."""
        deflate = zlib.compressobj(3, zlib.DEFLATED, -zlib.MAX_WBITS)
        return deflate.compress(self.body) + deflate.flush(zlib.Z_SYNC_FLUSH)


def gzip(parts: tuple[Part, ...]) -> bytes:
    """The parts as one gzip member (RFC 1952); only their sum is reckoned anew."""
    check = size = 0
    for part in parts:
        check = zlib.crc32(part.body, check)
        size += len(part.body)
    tail = struct.pack("<LL", check, size & 0xFFFFFFFF)
    return b"".join((GZIP_HEAD, *(part.packed for part in parts), GZIP_END, tail))


def unless_known(request: HttpRequest, *parts: Part) -> HttpResponse:
    """The parts, which are JSON together, with an ETag, or 304 when the client says that it has just these."""
    etag = f'"{hashlib.blake2b(b"".join(part.mark for part in parts), digest_size=12).hexdigest()}"'
    known = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    if etag in known:
        answer = HttpResponse(status=304)
    elif TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")):
        answer = HttpResponse(gzip(parts), content_type="application/json")
        answer["Content-Encoding"] = "gzip"
    else:
        answer = HttpResponse(b"".join(part.body for part in parts), content_type="application/json")
    # Weak: packed or not, it says the same.
    answer["ETag"] = f"W/{etag}"
    answer["Cache-Control"] = "private, no-cache"
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer
