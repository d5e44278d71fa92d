"""The sign-in form, an e-mail address or an extension and a password; and allauth's others where ours differ."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignInForm(LoginForm):
    """allauth's form, which also takes the number of the person's own extension."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("E-mail address or extension"),
            max_length=254,
            widget=forms.TextInput(
                attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}
            ),
        )
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["remember"].label = _("Keep me signed in on this computer")
        self.order_fields(["login", "password", "remember"])

    def user_credentials(self) -> dict[str, Any]:
        """The e-mail address behind an extension, so that wrong passwords for either count as one person's."""
        login = self.cleaned_data["login"]
        if login.isascii() and login.isdecimal():
            owner = User.objects.filter(extension__number=login, extension__enabled=True).first()
            # Nobody's address is still tried, so that an unknown extension takes as long as a known one.
            login = owner.email if owner else f"{login}@extension.invalid"
        return {"email": login, "password": self.cleaned_data.get("password", "")}


class AddKeyForm(AddWebAuthnForm):
    """allauth's form for a passkey or security key; one of its labels knows no language but English."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
