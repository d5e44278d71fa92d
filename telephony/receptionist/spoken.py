"""What is heard at a receptionist, and who records a prompt: prompt -> English text, which gettext translates."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

PROMPTS = {
    "wrong_choice": pgettext_lazy("spoken", "That is not a valid choice."),
    "spell_name": pgettext_lazy(
        "spoken", "Enter the first three letters of the first or last name. Use seven for q, and nine for z."
    ),
    "no_such_name": pgettext_lazy("spoken", "That name was not found."),
    "record_prompt": pgettext_lazy("spoken", "Speak after the tone. Press hash when you are done."),
    "prompt_saved": pgettext_lazy("spoken", "The prompt is saved."),
}
