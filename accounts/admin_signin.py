"""How people sign in: the policy, other services that vouch for them, sessions, keys, linked accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from accounts.models import SignInPolicy
from accounts.providers import app_settings
from pbxsite.adminkit import OnlyRowAdmin, ReadOnlyAdmin

# allauth registers its own pages; what stays of them is below.
for model in (EmailAddress, SocialToken, SocialApp, SocialAccount, Authenticator, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class PowerAdmin(ModelAdmin):
    """These rights let a person become anybody, so only a superuser has them."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    has_add_permission = has_module_permission
    has_change_permission = has_delete_permission = has_view_permission


class PersonalAdmin(ReadOnlyAdmin):
    """Rows of people that can be taken away; those of full administrators only by one."""

    list_select_related = ("user",)
    search_fields: tuple[str, ...] = ("user__name", "user__email")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(user__is_superuser=False)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return ModelAdmin.has_delete_permission(self, request, obj)


@admin.register(SignInPolicy)
class SignInPolicyAdmin(OnlyRowAdmin, PowerAdmin):
    fields = (
        "second_factor_for_administrators",
        "second_factor_for_users",
        "second_factor_for_roles",
        "allowed_domains",
    )
    filter_horizontal = ("second_factor_for_roles",)


class IdentityProviderForm(forms.ModelForm):
    """A provider as its administrator knows it: kind, tenant or address, client id and secret."""

    KINDS = (("microsoft", "Microsoft 365"), ("google", "Google"), ("oidc", "OpenID Connect"))

    kind = forms.ChoiceField(label=_("kind"), choices=KINDS, widget=UnfoldAdminSelectWidget)
    tenant = forms.CharField(
        label=_("tenant"),
        required=False,
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Microsoft only: the id or domain of your organisation's tenant."),
    )
    address = forms.URLField(
        label=_("address"),
        required=False,
        assume_scheme="https",
        widget=UnfoldAdminURLInputWidget,
        help_text=_("OpenID Connect only: the issuer, such as https://login.example.org."),
    )
    secret = forms.CharField(
        label=_("secret"),
        required=False,
        max_length=191,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text=_("Empty: as it was."),
    )

    class Meta:
        model = SocialApp
        fields = ("name", "client_id")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.settings or {}
        self.fields["kind"].initial = kept.get("kind", "microsoft")
        self.fields["tenant"].initial = kept.get("tenant", "")
        if kept.get("kind") == "oidc":
            self.fields["address"].initial = kept.get("server_url", "")

    def clean_secret(self) -> str:
        return self.cleaned_data["secret"] or self.instance.secret

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind, tenant = cleaned.get("kind", ""), cleaned.get("tenant", "")
        if kind == "oidc" and not cleaned.get("address") and "address" not in self.errors:
            self.add_error("address", ValidationError(_("An OpenID Connect provider needs its address.")))
        taken = SocialApp.objects.filter(provider_id=kind).exclude(pk=self.instance.pk).exists()
        if taken:
            self.add_error("kind", ValidationError(_("There is one of this kind already.")))
        try:
            self.found = app_settings(kind, tenant=tenant, url=cleaned.get("address") or "")
        except ValueError:
            self.add_error(
                "tenant",
                ValidationError(_("The id or domain of your own tenant: others would let in just anybody.")),
            )
        return cleaned

    def save(self, commit: bool = True) -> SocialApp:
        app: SocialApp = self.instance
        app.provider = "openid_connect"
        app.provider_id = self.cleaned_data["kind"]
        app.settings = self.found | {
            "kind": self.cleaned_data["kind"],
            "tenant": self.cleaned_data["tenant"],
        }
        saved: SocialApp = super().save(commit)
        return saved


@admin.register(SocialApp)
class IdentityProviderAdmin(PowerAdmin):
    """Microsoft 365, Google, or another provider that vouches for people."""

    form = IdentityProviderForm
    fields = ("kind", "name", "tenant", "address", "client_id", "secret")
    list_display = ("name", "provider_id", "client_id")


@admin.register(SocialAccount)
class LinkedAccountAdmin(PersonalAdmin):
    """Which account elsewhere signs in which user; deleting a row unlinks it."""

    list_display = ("user", "provider", "uid", "date_joined", "last_login")
    search_fields = ("user__name", "user__email", "uid")
    fields = ("user", "provider", "uid", "date_joined", "last_login")


@admin.register(Authenticator)
class SecondFactorAdmin(PersonalAdmin):
    """Second factors; deleting one lets in a person who lost it. Its secret is never shown."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    fields = ("user", "type", "created_at", "last_used_at")


@admin.register(UserSession)
class SessionAdmin(PersonalAdmin):
    """Sessions of signed-in people; deleting a row ends that session."""

    list_display = ("user", "ip", "user_agent", "created_at")
    search_fields = ("user__name", "user__email", "ip")
    fields = ("user", "ip", "user_agent", "created_at", "last_seen_at")

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        obj.end()

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for session in queryset:
            session.end()
