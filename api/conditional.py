"""Answers that are not sent again to who has them (RFC 9110 §13.1.2)."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse


def unless_known(request: HttpRequest, content: str) -> HttpResponse:
    """`content`, which is JSON, with an ETag, or 304 when the client says that it has just this."""
    body = content.encode()
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    known = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    answer = (
        HttpResponse(status=304) if etag in known else HttpResponse(body, content_type="application/json")
    )
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    return answer
