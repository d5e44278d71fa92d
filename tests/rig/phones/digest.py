"""Digest authentication as a client does it (RFC 2617 with MD5, RFC 3261, section 22)."""

from __future__ import annotations

import hashlib
import re
import secrets

_PARAMETER = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def authorization(challenge: str, method: str, uri: str, username: str, secret: str) -> str:
    """The value of Authorization (or Proxy-Authorization) that answers this challenge."""
    asked = {name: quoted or plain for name, quoted, plain in _PARAMETER.findall(challenge)}
    realm, nonce = asked["realm"], asked["nonce"]
    ha1 = _md5(f"{username}:{realm}:{secret}")
    ha2 = _md5(f"{method}:{uri}")
    fields = f'Digest username="{username}", realm="{realm}", nonce="{nonce}", uri="{uri}", algorithm=MD5'
    if "opaque" in asked:
        fields += f', opaque="{asked["opaque"]}"'
    if "auth" in asked.get("qop", "").split(","):
        client = secrets.token_hex(8)
        response = _md5(f"{ha1}:{nonce}:00000001:{client}:auth:{ha2}")
        return f'{fields}, qop=auth, nc=00000001, cnonce="{client}", response="{response}"'
    return f'{fields}, response="{_md5(f"{ha1}:{nonce}:{ha2}")}"'
