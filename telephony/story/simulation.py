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
    "if_not_reached": ("Als {who} niet wordt bereikt:", "If {who} is not reached:"),
}
