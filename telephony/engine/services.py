"""The flows of a media node, for its exchange: those of the machine, and those of the features by name."""

from __future__ import annotations

from telephony.engine import moving, orders
from telephony.engine.duties import Duties, ServiceFlow
from telephony.engine.flows import answer_invitation
from telephony.engine.flows.deposit import deposit
from telephony.engine.flows.echo import echo
from telephony.engine.flows.menu import menu
from telephony.engine.flows.park import retrieve
from telephony.engine.flows.pickup import pick_up
from telephony.engine.flows.prompt import record_prompt
from telephony.engine.flows.receptionist import receptionist
from telephony.engine.flows.resume import resumes
from telephony.engine.flows.status import set_status
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
    search=moving.search_for,
    command=orders.command,
    originate=orders.originate,
    services=SERVICES,
    deposit=deposit,
    store=recover_recordings,
)
