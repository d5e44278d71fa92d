"""People. "Add" makes the user, the extension, the phone and the mailbox on one page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_celery_beat import models as beat
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from accounts import admin_signin  # noqa: F401
from accounts.models import User
from accounts.people import NewPerson, do_create_person, do_renew_password
from pbxsite.adminkit import change_url, done, link, show_once
from pbxsite.instance import instance
from telephony.extensions import numbering
from telephony.extensions.validators import extension_number

# Only a person with all of these rights may give them: they make anybody an administrator.
POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class EmailMixin(forms.ModelForm):
    """One address, one person, whatever the capitals."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Somebody has this e-mail address already."))
        return email


class NewPersonForm(EmailMixin):
    """Everything that a new colleague needs."""

    number = forms.CharField(
        label=_("Number"),
        max_length=6,
        required=False,
        validators=[extension_number],
        widget=UnfoldAdminTextInputWidget,
        help_text=_("The next free number is filled in. Empty: no extension."),
    )
    phone = forms.BooleanField(
        label=_("Phone"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Make a SIP user and a secret for a first phone."),
    )
    voicemail = forms.BooleanField(
        label=_("Voicemail"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Make a mailbox with a PIN."),
    )

    class Meta:
        model = User
        fields = ("name", "email", "language")

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if number:
            numbering.check_free(number)
        return number


class UserChangeForm(EmailMixin):
    class Meta:
        model = User
        fields = ("name", "language", "email", "is_active", *POWERS)


def show_person(request: HttpRequest, person: NewPerson) -> None:
    """Everything that the new colleague needs to be told, once."""
    secrets = [(gettext("e-mail address"), person.user.email), (gettext("password"), person.password)]
    if person.device:
        secrets += [
            (gettext("server"), f"{instance.advertised}:{instance.sip_port}"),
            (gettext("SIP user"), person.device.username),
            (gettext("secret"), person.secret),
        ]
    if person.mailbox:
        secrets.append((gettext("PIN"), person.pin))
    show_once(request, person.user.name, secrets)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = NewPersonForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("name", "email", "show_extension", "language", "is_staff", "is_active", "last_login")
    list_display_links = ("name", "email")
    list_filter = ("is_active", "is_staff", "language")
    list_filter_submit = True
    list_select_related = ("extension",)
    search_fields = ("name", "email", "extension__number")
    ordering = ("name",)
    filter_horizontal = ()
    autocomplete_fields = ("groups",)
    add_form_template = None
    actions_detail = ("renew_password",)
    fieldsets = (
        (None, {"fields": (("name", "language"), "email", "show_extension", "is_active")}),
        (_("Sign-in"), {"fields": (("show_password", "last_login"),)}),
        (_("Rights"), {"fields": (("is_staff", "is_superuser"), "groups")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (("name", "language"), "email"),
                "description": _(
                    "The password, the secret of the phone and the PIN are shown once, after saving."
                ),
            },
        ),
        (_("Extension"), {"fields": ("number", ("phone", "voicemail"))}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        always = ("last_login", "show_extension", "show_password")
        return always if request.user.is_superuser else (*always, *POWERS)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None and not self._may_add_extension(request):
            return self.add_fieldsets[:1]
        return super().get_fieldsets(request, obj)

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None and "number" in form.base_fields:
            form.base_fields["number"].initial = numbering.next_free
        return form

    def has_change_permission(self, request: HttpRequest, obj: User | str | None = None) -> bool:
        return super().has_change_permission(request) and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | str | None = None) -> bool:
        return super().has_delete_permission(request) and self._may_touch(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        wishes = form.cleaned_data if self._may_add_extension(request) else {}
        person = do_create_person(
            obj,
            number=wishes.get("number", ""),
            phone=wishes.get("phone", False),
            voicemail=wishes.get("voicemail", False),
        )
        show_person(request, person)

    @display(description=_("extension"), ordering="extension__number")
    def show_extension(self, user: User) -> SafeString | str:
        return link(getattr(user, "extension", None))

    @display(description=_("password"))
    def show_password(self, user: User) -> SafeString | str:
        if user.pk is None:
            return "-"
        url = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html(
            '<a class="text-link" href="{}">{}</a>', url, gettext("Choose a password yourself")
        )

    @action(
        description=_("Make a new password"),
        icon="key",
        permissions=["change"],
        dialog={
            "title": _("Make a new password?"),
            "description": _("The old one stops working and the user is signed out everywhere."),
            "form_submit_text": _("Make a new password"),
        },
    )
    def renew_password(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        user = self.get_object(request, object_id)
        if user is None:
            raise Http404
        password = do_renew_password(user)
        show_once(
            request, user.name, [(gettext("e-mail address"), user.email), (gettext("password"), password)]
        )
        self.log_change(request, user, gettext("New password."))
        if user.pk == request.user.pk:
            update_session_auth_hash(request, user)
        return done(request, change_url(user))

    def _may_touch(self, request: HttpRequest, obj: User | str | None) -> bool:
        """Only an administrator changes an administrator: setting the password is enough to become one."""
        if request.user.is_superuser or obj is None:
            return True
        user = obj if isinstance(obj, User) else self.get_object(request, obj)
        return user is None or not user.is_superuser

    def _may_add_extension(self, request: HttpRequest) -> bool:
        needed = ("telephony.add_extension", "telephony.add_device", "voicemail.add_mailbox")
        return request.user.has_perms(needed)


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(DjangoGroupAdmin, ModelAdmin):
    """Roles: sets of rights. Only administrators give them away."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


# The timetable belongs to the settings: a task that is switched off here would be missed by its users only.
for model in (
    beat.ClockedSchedule,
    beat.CrontabSchedule,
    beat.IntervalSchedule,
    beat.PeriodicTask,
    beat.SolarSchedule,
):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
