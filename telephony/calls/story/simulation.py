"""The sentences of the simulator: where what happens depends on what nobody can know beforehand."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "if_unavailable": (
        "Als {who} bezet is, weigert of niet is aangemeld:",
        "If {who} is busy, declines or is not registered:",
    ),
    "if_no_answer": ("Als {who} niet opneemt:", "If {who} does not answer:"),
    "if_not_taken": (
        "Als {who} niet opneemt, bezet is of niet is aangemeld:",
        "If {who} does not answer, is busy or is not registered:",
    ),
    "if_key": ("Als de beller toets {key} kiest:", "If the caller presses {key}:"),
    "if_no_key": (
        "Als de beller niets kiest, of alleen wat nergens heen leidt:",
        "If the caller presses nothing, or only what leads nowhere:",
    ),
    "if_silent": ("Als de beller niets kiest:", "If the caller presses nothing:"),
    "if_wrong_keys": (
        "Als de beller alleen kiest wat nergens heen leidt:",
        "If the caller presses only what leads nowhere:",
    ),
    "may_dial": (
        "De beller kan hier ook een toestel intoetsen.",
        "The caller can dial an extension here, too.",
    ),
    "may_spell": (
        "Na toets {key} kan de beller een naam spellen.",
        "After key {key} the caller can spell a name.",
    ),
    "goodbye": ("De receptionist neemt afscheid.", "The receptionist says goodbye."),
    "told_above": (
        "Wat receptionist {receptionist} doet, staat hierboven.",
        "What receptionist {receptionist} does is told above.",
    ),
    "if_not_reached": ("Als {who} niet wordt bereikt:", "If {who} is not reached:"),
}
