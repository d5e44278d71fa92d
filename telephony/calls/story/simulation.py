"""The sentences of the simulator: where what happens depends on what nobody can know beforehand."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    # basics
    "if_unavailable": _("If {who} is busy, declines or is not registered:"),
    "if_no_answer": _("If {who} does not answer:"),
    "if_not_taken": _("If {who} does not answer, is busy or is not registered:"),
    "if_not_reached": _("If {who} is not reached:"),
    # receptionist
    "if_key": _("If the caller presses {key}:"),
    "if_no_key": _("If the caller presses nothing, or only what leads nowhere:"),
    "if_silent": _("If the caller presses nothing:"),
    "if_wrong_keys": _("If the caller presses only what leads nowhere:"),
    "may_dial": _("The caller can dial an extension here, too."),
    "may_spell": _("After key {key} the caller can spell a name."),
    "told_above": _("What receptionist {receptionist} does is told above."),
    "goodbye": _("The receptionist says goodbye."),
}
