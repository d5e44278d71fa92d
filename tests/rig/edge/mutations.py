"""Damaged messages."""

from __future__ import annotations

import random


def mutated(sample: bytes, chance: random.Random) -> bytes:
    """`sample` with a few of the things that go wrong in a message."""
    data = bytearray(sample)
    for _change in range(chance.randint(1, 6)):
        place = chance.randrange(len(data)) if data else 0
        match chance.randrange(6):
            case 0 if data:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + chance.randint(1, 60)]
            case 2:
                data[place:place] = bytes(chance.randrange(256) for _byte in range(chance.randint(1, 40)))
            case 3:
                data[place:place] = data[: chance.randint(1, 200)]
            case 4:
                data[place:place] = chance.choice(
                    [b"\r\n", b"\r\n\r\n", b";", b"<", b'"', b"%00", b"\0", b":" * 50]
                )
            case _:
                data = data[:place]
    return bytes(data)
