"""Words that unfold's pages use and that neither unfold nor Django brings in Dutch.

Nothing calls this: it is here so that `makemessages` finds the words and keeps them in our catalogues.
"""

from django.utils.translation import gettext_noop as _

UNFOLD = (
    _("Select action"),
    _("Select action to run"),
    _("Select record"),
    _("Select value"),
    _("Select all rows"),
    _("Type to search"),
    _("Filters"),
    _("Apply Filters"),
    _("Clear all filters"),
    _("Reset filters"),
    _("Run"),
    _("Submit"),
    _("Cancel"),
    _("Light"),
    _("Dark"),
    _("System"),
    _("General"),
    _("More actions"),
    _("Expand row"),
    _("Add row"),
    _("No data"),
    _("No results found"),
    _("No results matching your query"),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("This item will be deleted."),
    _("Click to cancel"),
    _("Click to download"),
    _("Go back"),
    _("Return to site"),
    _("Toggle password visibility"),
    _("Log in again"),
    _("You have been successfully logged out from the administration"),
    _(
        "Raw passwords are not stored, so there is no way to see this user’s password, but you can change the "
        'password using <a href="{}" class="text-primary-600 dark:text-primary-500">this form</a>.'
    ),
    _("Dataset not found. No action performed."),
    _("Loading more results..."),
    _("Search apps and models..."),
    _("Recent searches"),
    _("No recent searches"),
    _("All applications"),
    _("Filter navigation items"),
    _("Image preview"),
    _("Choose file to upload"),
    _("Record picture"),
    _("True"),
    _("False"),
    _("Previous"),
    _("Next"),
    _("Value"),
    _("From"),
    _("To"),
)
