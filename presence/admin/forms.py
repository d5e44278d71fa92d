"""One form for a person's status, settings and forwardings; a field for each thing that can be wrong."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from presence import actions, selectors
from presence.models import (
    MESSAGE_LENGTH,
    SLOTS,
    Case,
    Forwarding,
    ForwardingException,
    Presence,
    Reachability,
    Source,
    WorkingSpan,
)
from presence.numbers import as_outside_number
from presence.status import Status
from telephony.extensions.destinations import TARGET_LENGTH, Kind
from telephony.hours.models import Weekday

NOWHERE = _("This leads nowhere now: callers get the voicemail.")
STATUS = ("status", "until", "message")


def _about(name: str) -> Any:
    return Presence._meta.get_field(name)


def _switch(name: str) -> forms.BooleanField:
    field = _about(name)
    return forms.BooleanField(
        label=field.verbose_name,
        help_text=field.help_text,
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )


class SettingsForm(forms.ModelForm):
    """Status and settings, of an extension that may have no row for them yet."""

    status = forms.ChoiceField(label=_("status"), choices=Status.choices, widget=UnfoldAdminSelectWidget)
    until = forms.SplitDateTimeField(
        label=_("until"),
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text=_about("until").help_text,
    )
    message = forms.CharField(
        label=_("message"),
        required=False,
        max_length=MESSAGE_LENGTH,
        widget=UnfoldAdminTextInputWidget,
        help_text=_about("message").help_text,
    )
    mobile = forms.CharField(
        label=_("mobile number"), required=False, max_length=40, widget=UnfoldAdminTextInputWidget
    )
    ring_mobile = _switch("ring_mobile")
    accept_multiple = _switch("accept_multiple")
    accept_push = _switch("accept_push")
    closed_to_voicemail = _switch("closed_to_voicemail")
    own_hours = _switch("own_hours")

    class Meta:
        model = Reachability
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.presence = Presence.objects.filter(extension=self.instance).first() or Presence(
            extension=self.instance
        )
        standing = selectors.presence_of(self.instance)
        # A status that ended a moment ago is not offered to be saved again.
        self.initial.update({name: getattr(standing, name) for name in STATUS})
        kept = (*actions.SETTINGS, "own_hours")
        self.initial.update({name: getattr(self.presence, name) for name in kept})

    def clean_mobile(self) -> str:
        mobile: str = self.cleaned_data["mobile"]
        return as_outside_number(mobile) if mobile else ""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("status") == Status.AVAILABLE:
            values["until"] = None
        elif "until" in self.changed_data and values.get("until") and values["until"] <= timezone.now():
            self.add_error("until", _("This is over already."))
        if values.get("ring_mobile") and not values.get("mobile") and "mobile" not in self.errors:
            self.add_error("mobile", _("Enter the mobile number that is to ring."))
        # The tables on the same page are checked against what is entered here.
        self.instance.wanted_mobile = values.get("mobile") or ""
        self.instance.wants_own_hours = bool(values.get("own_hours"))
        return values

    def save_settings(self) -> None:
        """Keep what was changed."""
        values, changed = self.cleaned_data, set(self.changed_data)
        if changed & set(STATUS):
            message = values["message"] if "message" in changed else None
            actions.do_set_status(self.instance, values["status"], until=values["until"], message=message)
        if settings := {name: values[name] for name in actions.SETTINGS if name in changed}:
            actions.do_save_settings(self.instance, **settings)


class ForwardingsMixin(forms.ModelForm):
    """Two fields, `kind_…` and `target_…`, for each status, case and kind of caller."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {
            (row.status, row.source, row.case): row
            for row in Forwarding.objects.filter(extension=self.instance)
        }
        reach = selectors.load_reach() if known else None
        for slot in SLOTS:
            kind, target = slot_fields(*slot)
            row = known.get(slot)
            self.initial[kind] = row.kind if row else Kind.VOICEMAIL
            self.initial[target] = row.target if row else ""
            if row and reach and reach.leads_nowhere(self.instance.number, row.kind, row.target):
                self.fields[kind].help_text = NOWHERE

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for slot in self.changed_slots():
            kind, target = slot_fields(*slot)
            if kind not in values or target not in values:
                continue
            status, source, case = slot
            row = Forwarding(extension=self.instance, status=status, source=source, case=case)
            row.kind, row.target = values[kind], values[target]
            try:
                row.full_clean(exclude=["extension"], validate_unique=False, validate_constraints=False)
            except ValidationError as error:
                for name, texts in error.message_dict.items():
                    self.add_error(kind if name == "kind" else target, texts)
                continue
            if row.kind == Kind.MOBILE and not values.get("mobile"):
                self.add_error(kind, _("Enter the mobile number first."))
        return values

    def changed_slots(self) -> list[tuple[str, str, str]]:
        """Those that are not as they were: an old one that leads nowhere does not stand in the way of the rest."""
        changed = set(self.changed_data)
        return [slot for slot in SLOTS if changed & set(slot_fields(*slot))]

    def save_forwardings(self) -> None:
        """Keep what was changed."""
        for slot in self.changed_slots():
            kind, target = slot_fields(*slot)
            actions.do_set_forwarding(
                self.instance, *slot, self.cleaned_data[kind], self.cleaned_data[target]
            )


def slot_fields(status: str, source: str, case: str) -> tuple[str, str]:
    """The names of the two fields of a forwarding."""
    return f"kind_{status}_{source}_{case}", f"target_{status}_{source}_{case}"


def _forwarding_fields() -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    for slot in SLOTS:
        kind, target = slot_fields(*slot)
        fields[kind] = forms.ChoiceField(
            label=Source(slot[1]).label, choices=Kind.choices, widget=UnfoldAdminSelectWidget
        )
        fields[target] = forms.CharField(
            label=_("number"),
            required=False,
            max_length=2 * TARGET_LENGTH,
            widget=UnfoldAdminTextInputWidget,
        )
    return fields


# All of it; the fields of the forwardings come from the list of those that can be set.
ReachabilityForm = type("ReachabilityForm", (ForwardingsMixin, SettingsForm), _forwarding_fields())


def forwarding_rows(status: str, case: str) -> tuple[tuple[str, str], ...]:
    """The lines of the page about this status and case: colleagues, then callers from outside."""
    return tuple(slot_fields(status, source.value, case) for source in Source)


def line_title(status: str, case: str) -> Any:
    """What a line is about."""
    label = Status(status).label
    return label if case == Case.ALWAYS else format_lazy("{}: {}", label, Case(case).label)


class ExceptionForm(forms.ModelForm):
    """Weekdays as boxes to tick."""

    weekdays = forms.MultipleChoiceField(
        label=_("weekdays"),
        required=False,
        choices=[(str(day.value), day.label) for day in Weekday],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None: every day."),
    )

    class Meta:
        model = ForwardingException
        fields = ("enabled", "caller", "weekdays", "start", "end", "kind", "target", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["weekdays"] = list(self.instance.weekdays)

    def _post_clean(self) -> None:
        """A row that is as it was may lead nowhere by now; that does not stand in the way of the rest."""
        if self.instance.pk is None or self.has_changed():
            super()._post_clean()  # type: ignore[misc]

    def clean_weekdays(self) -> str:
        return "".join(sorted(self.cleaned_data["weekdays"]))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("kind") == Kind.MOBILE and not self.instance.extension.wanted_mobile:
            self.add_error("kind", _("Enter the mobile number first."))
        return values


class ExceptionFormSet(forms.BaseInlineFormSet):
    """Rows that know the extension of the page, with what was just entered there."""

    def _construct_form(self, i: int, **kwargs: Any) -> forms.ModelForm:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.instance.extension = self.instance
        if form.instance.pk and form.instance in self.instance.broken:
            form.fields["kind"].help_text = NOWHERE
        return form


class WorkingSpanForm(forms.ModelForm):
    class Meta:
        model = WorkingSpan
        fields = ("weekday", "start", "end")
