"""What callers hear of a recorded call: prompt -> English text, which gettext translates in the context "spoken"."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

PROMPTS = {
    "recorded": pgettext_lazy("spoken", "This call is being recorded."),
}
