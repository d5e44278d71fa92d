"""The digital receptionist with its keys on one page, and the prompts that it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanSwitchWidget

from pbxsite.adminkit import duration, moment
from pbxsite.http import ranges
from pbxsite.instance import instance
from telephony.extensions import numbering
from telephony.receptionist.models import Receptionist, ReceptionistKey
from telephony.sound import prompts, speech
from telephony.sound.models import Prompt


class PromptForm(forms.ModelForm):
    """A text to speak, or a file to play instead."""

    upload = forms.FileField(
        label=_("Upload"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": "audio/*"}),
        help_text=_("WAV, MP3, FLAC or Ogg, at most 5 minutes. Replaces the sound that is there."),
    )
    speak = forms.BooleanField(
        label=_("Speak the text instead"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Removes the sound that was uploaded or recorded."),
    )

    class Meta:
        model = Prompt
        fields = ("number", "name", "language", "text")

    converted: Path | None = None

    def clean_upload(self) -> UploadedFile | None:
        """Convert it right away: what is no sound is said here."""
        upload: UploadedFile | None = self.cleaned_data.get("upload")
        if upload is not None and upload.file is not None:
            self.converted = prompts.take_in(cast(BinaryIO, upload.file), upload.size or 0)
        return upload

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        has_sound = self.converted or (self.instance.file and not values.get("speak"))
        if not self.errors and not has_sound and not values.get("text", "").strip():
            raise ValidationError({"text": _("Enter a text to speak, or upload a sound.")})
        if self.errors and self.converted is not None:
            self.converted.unlink(missing_ok=True)
        return values


@admin.register(Prompt)
class PromptAdmin(ModelAdmin):
    form = PromptForm
    list_display = ("number", "name", "language", "show_source", "show_duration", "show_changed")
    list_display_links = ("number", "name")
    list_filter = ("language", "source")
    search_fields = ("number", "name", "text")
    readonly_fields = ("show_sound", "show_source", "show_duration")
    fieldsets = (
        (None, {"fields": (("number", "name"), "language", "text")}),
        (_("Sound"), {"fields": ("show_sound", ("show_source", "show_duration"), "upload", "speak")}),
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        highest = Prompt.objects.aggregate(highest=Max("number"))["highest"] or 0
        return {"number": highest + 1, **super().get_changeform_initial_data(request)}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.play_prompt)
        return [path("<int:prompt_id>/sound/", view, name="telephony_prompt_sound"), *super().get_urls()]

    def play_prompt(self, request: HttpRequest, prompt_id: int) -> HttpResponseBase:
        """The sound as callers hear it."""
        prompt = self.get_object(request, str(prompt_id))
        if not self.has_view_permission(request, prompt):
            raise PermissionDenied
        if prompt is None:
            raise Http404
        try:
            file = prompts.sound_of(prompt.entry)
        except (OSError, speech.SpeechError) as error:
            raise Http404 from error
        folder = instance.prompts if prompt.file else instance.speech
        return ranges.play(request, file, folder, f"prompt {prompt.number}.wav")

    def save_model(self, request: HttpRequest, obj: Prompt, form: PromptForm, change: bool) -> None:
        if form.converted is not None:
            prompts.do_save_prompt(obj, form.converted)
        elif obj.file and not form.cleaned_data.get("speak"):
            prompts.do_save_prompt(obj)
        else:
            try:
                prompts.do_speak_prompt(obj)
            except (OSError, speech.SpeechError) as error:
                prompts.do_save_prompt(obj)
                self.message_user(
                    request, gettext("Saved, but not spoken yet: %(error)s") % {"error": error}, "WARNING"
                )

    def delete_model(self, request: HttpRequest, obj: Prompt) -> None:
        prompts.do_delete_prompt(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Prompt]) -> None:
        for prompt in queryset:
            prompts.do_delete_prompt(prompt)

    @display(description=_("source"), ordering="source")
    def show_source(self, prompt: Prompt) -> str:
        return prompt.get_source_display() if prompt.pk else "-"

    @display(description=_("duration"), ordering="seconds")
    def show_duration(self, prompt: Prompt) -> str:
        return duration(round(prompt.seconds * 1000)) if prompt.seconds else "-"

    @display(description=_("changed"), ordering="changed")
    def show_changed(self, prompt: Prompt) -> str:
        return moment(prompt.changed, seconds=False)

    @display(description=_("listen"))
    def show_sound(self, prompt: Prompt) -> SafeString | str:
        return player(prompt) if prompt.pk else gettext("after saving")


def player(prompt: Prompt | None) -> SafeString | str:
    """A player for a prompt, if there is one."""
    if prompt is None:
        return "-"
    # The address changes with the prompt: a browser must not play the old one from its memory.
    url = f"{reverse('admin:telephony_prompt_sound', args=[prompt.pk])}?{int(prompt.changed.timestamp())}"
    return format_html('<audio controls preload="none" src="{}"></audio>', url)


class KeyInline(TabularInline):
    """Keys and where they lead."""

    model = ReceptionistKey
    fields = ("key", "kind", "target")
    extra = 0
    hide_title = True


@admin.register(Receptionist)
class ReceptionistAdmin(ModelAdmin):
    list_display = ("number", "name", "language", "welcome", "show_keys", "department", "enabled")
    list_display_links = ("number", "name")
    list_filter = ("enabled", "language")
    search_fields = ("number", "name")
    autocomplete_fields = ("welcome", "closed_prompt")
    readonly_fields = ("play_welcome", "play_closed")
    inlines = (KeyInline,)
    fieldsets = (
        (
            None,
            {"fields": (("number", "name"), "language", ("welcome", "play_welcome"), "enabled")},
        ),
        (
            _("Choosing"),
            {
                "fields": (
                    ("seconds", "repeats"),
                    ("dial_extension", "name_key"),
                    ("silent_kind", "silent_target"),
                    ("wrong_kind", "wrong_target"),
                )
            },
        ),
        (
            _("Office hours"),
            {
                "fields": (
                    "department",
                    ("closed_kind", "closed_target"),
                    ("closed_prompt", "play_closed"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Receptionist]:
        return (
            super()
            .get_queryset(request)
            .select_related("welcome", "closed_prompt", "department")
            .annotate(size=Count("keys"))
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"number": numbering.next_free(), **super().get_changeform_initial_data(request)}

    @display(description=_("keys"), ordering="size")
    def show_keys(self, receptionist: Any) -> int:
        return receptionist.size

    @display(description=_("listen"))
    def play_welcome(self, receptionist: Receptionist) -> SafeString | str:
        return player(receptionist.welcome) if receptionist.pk else "-"

    @display(description=_("listen"))
    def play_closed(self, receptionist: Receptionist) -> SafeString | str:
        return player(receptionist.closed_prompt) if receptionist.pk else "-"
