"""A short number of one's own is dialled on a desk phone: the colleague rings, and the story says why."""

from __future__ import annotations

import time

from telephony.calls import story
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones

SET = """
from speeddial.models import SpeedDial
SpeedDial.objects.create(user=Extension.objects.get(number='100').user, position=5, number='101')
"""
UNDO = """
from speeddial.models import SpeedDial
SpeedDial.objects.all().delete()
"""


async def test_a_phone_calls_a_colleague_by_a_speed_dial_and_an_empty_one_leads_nowhere(
    exchange: Exchange, phones: Phones
) -> None:
    exchange.change(SET)
    try:
        began = time.time()
        anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
        call = await anna.call("*05")
        at_bram = await bram.incoming()
        await at_bram.answer()
        await call.answered()
        await at_bram.play_tone(900)
        sound = await call.listen(1.5)
        assert sound.heard(900, 0.5), f"the colleague is not heard: {sound}"
        await call.hangup()
        await at_bram.ended()
        (row,) = await exchange.logged(began)
        assert (row["outcome"], row["answered_by"]) == ("answered", "101")
        assert row["dialled"] == "101", "the log is about the number that was meant"
        assert "100 called *05." in "\n".join(story.tell(row["steps"], "en"))
        assert "Speed dial 5 of 100 is 101." in "\n".join(story.tell(row["steps"], "en"))
        assert "Snelkiesnummer 5 van 100 is 101." in "\n".join(story.tell(row["steps"], "nl"))
        empty = await anna.call("*06")
        assert (await empty.ended(15)).code == 404
    finally:
        exchange.change(UNDO)
