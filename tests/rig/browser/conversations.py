"""Conversations between web clients."""

from __future__ import annotations

import asyncio

from tests.rig.browser.webclient import SILENT, WebClient


async def hear_each_other(*people: WebClient) -> None:
    """Sound goes in and comes out at each of them."""
    await asyncio.sleep(0.3)  # what was played before they were connected is over
    for person, sound in zip(people, await asyncio.gather(*(one.sound() for one in people)), strict=True):
        assert sound.said > SILENT, f"{person.extension} says nothing: {sound}"
        assert sound.heard > SILENT, f"{person.extension} hears nothing: {sound}"


async def talk(caller: WebClient, called: WebClient, name: str) -> None:
    """A call between two browsers."""
    await caller.dial(called.extension)
    await called.answer()
    await caller.sees(name, "In a call")
    await hear_each_other(caller, called)
