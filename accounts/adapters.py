"""What this exchange wants of allauth: nobody makes an account by themselves, unless their organisation may."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import SignInPolicy, User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by e-mail address or extension; people are made by administrators."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This password does not go with that e-mail address or extension."),
        "too_many_login_attempts": _("Too many wrong passwords. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """An account of Microsoft or Google belongs to the user with the same, verified e-mail address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Make a user only for a verified address in a domain that an administrator allowed."""
        allowed = SignInPolicy.current().domains
        return any(
            address.verified and address.email.rpartition("@")[2].lower() in allowed
            for address in sociallogin.email_addresses
        )

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        given = " ".join(part for part in (data.get("first_name"), data.get("last_name")) if part)
        user.name = (data.get("name") or given or user.email.partition("@")[0])[:120]
        return user
