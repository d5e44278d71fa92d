"""The flows of a media node, for its exchange: those of the machine, and those of the features by name."""

from __future__ import annotations

from presence.flow import set_status
from telephony.engine import commands, redirect
from telephony.engine.duties import Duties, ServiceFlow
from telephony.engine.flows import answer_invitation
from telephony.engine.flows.echo import echo
from telephony.engine.flows.park import retrieve
from telephony.engine.flows.pickup import pick_up
from telephony.engine.flows.resume import resumes
from telephony.receptionist.flow import receptionist
from telephony.receptionist.record_prompt import record_prompt
from voicemail.flows.deposit import deposit
from voicemail.flows.menu import menu
from voicemail.recovery import recover_recordings

SERVICES: dict[str, ServiceFlow] = {
    "echo": echo,
    "menu": menu,
    "park": retrieve,
    "pickup": pick_up,
    "prompt": record_prompt,
    "receptionist": receptionist,
    "status": set_status,
}

DUTIES = Duties(
    answer=answer_invitation,
    resumes=resumes,
    search=redirect.search_for,
    command=commands.command,
    originate=commands.originate,
    services=SERVICES,
    deposit=deposit,
    store=recover_recordings,
)
