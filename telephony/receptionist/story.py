"""Steps of a call that a digital receptionist takes; prompts that are recorded by telephone."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    # receptionist
    "receptionist": _("{number} is a digital receptionist, who takes the call."),
    # receptionist
    "reception_key": _("The caller chose key {key} at receptionist {receptionist}."),
    "reception_extension": _("The caller dialled extension {extension}."),
    "reception_name": _("The caller looked a name up and chose {name} ({extension})."),
    "reception_wrong_key": _("The caller pressed {keys}, which leads nowhere."),
    "reception_closed": _("Receptionist {receptionist} is closed; the rule is: {rule:rule}."),
    "reception_no_choice": _("The caller chose nothing at receptionist {receptionist}."),
    "reception_ends": _(
        "The caller went past too many receptionists, or {receptionist} does not exist; goodbye was said."
    ),
    # prompts
    "prompt": _("The caller wants to record prompt {number}."),
    "prompt_refused": _("Prompt {number} does not exist, or the caller may not record it."),
    "prompt_recorded": _("Prompt {number} was recorded."),
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
