"""What callers hear of voicemail: prompt -> English text, which gettext translates in the context "spoken"."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

PROMPTS = {
    # voicemail: a message
    "no_message": pgettext_lazy("spoken", "No message can be left at the moment."),
    "after_beep": pgettext_lazy(
        "spoken", "Please leave a message after the tone. Press hash when you are done."
    ),
    # voicemail: the menu
    "enter_extension": pgettext_lazy("spoken", "Voicemail. Enter your extension, then press hash."),
    "enter_pin": pgettext_lazy("spoken", "Enter your PIN, then press hash."),
    "wrong_pin": pgettext_lazy("spoken", "That is not correct."),
    "locked": pgettext_lazy("spoken", "This menu is closed for an hour after too many wrong PINs."),
    "menu": pgettext_lazy("spoken", "Press star to listen to your messages, or nine for options."),
    "message_keys": pgettext_lazy(
        "spoken",
        "Press five to repeat, six for the next message, seven to delete, eight to call back, or star "
        "for the menu.",
    ),
    "no_more_messages": pgettext_lazy("spoken", "You have no more messages."),
    "deleted": pgettext_lazy("spoken", "Deleted."),
    "options": pgettext_lazy("spoken", "Press eight for your greeting, or star for the menu."),
    "greeting_options": pgettext_lazy(
        "spoken",
        "Press zero to record your greeting, one to return to the standard greeting, or star for the menu.",
    ),
    "record_greeting": pgettext_lazy(
        "spoken", "Record your greeting after the tone. Press hash when you are done."
    ),
    "save_greeting": pgettext_lazy("spoken", "Press zero to save, one to listen, or two to record again."),
    "nothing_recorded": pgettext_lazy("spoken", "Nothing was recorded."),
    "greeting_saved": pgettext_lazy("spoken", "Your greeting is saved."),
    "greeting_reset": pgettext_lazy("spoken", "The standard greeting is active again."),
}
