"""The sentences of the simulator: where what happens depends on what nobody can know beforehand."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    # basics
    "if_unavailable": _("If {who} is busy, declines or is not registered:"),
    "if_no_answer": _("If {who} does not answer:"),
    "if_not_taken": _("If {who} does not answer, is busy or is not registered:"),
    "if_not_reached": _("If {who} is not reached:"),
}
