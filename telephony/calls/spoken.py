"""What callers hear of any call: prompt -> English text, which gettext translates in the context "spoken"."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

PROMPTS = {
    # basics
    "unknown_number": pgettext_lazy("spoken", "This number is not in use."),
    "nobody_answers": pgettext_lazy("spoken", "Nobody is available at the moment. Please try again later."),
    "not_registered": pgettext_lazy(
        "spoken", "The phone you are calling is not connected at the moment. Please try again later."
    ),
    "goodbye": pgettext_lazy("spoken", "Goodbye."),
    "echo": pgettext_lazy("spoken", "Everything you say will be played back to you."),
    "not_allowed": pgettext_lazy("spoken", "You are not allowed to do this."),
    # trunks
    "no_line": pgettext_lazy("spoken", "Your call cannot be completed. Please try again later."),
    "country_blocked": pgettext_lazy("spoken", "This country cannot be called."),
    "number_blocked": pgettext_lazy("spoken", "This number may not be called."),
    "limit_reached": pgettext_lazy(
        "spoken", "No more outside calls can be made now. The limit has been reached."
    ),
    # the mobile that rings along
    "press_1": pgettext_lazy("spoken", "You have a call. Press one to accept it."),
    # parking and pickup
    "nobody_parked": pgettext_lazy("spoken", "Nobody is parked at this number."),
    "nothing_rings": pgettext_lazy("spoken", "There is no telephone ringing."),
}
