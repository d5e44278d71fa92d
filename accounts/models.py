"""People who can sign in. The e-mail address is the name they sign in with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager, Group
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a user. Raises ValueError without an e-mail address."""
        if not email:
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Theme(models.TextChoices):
    """Colours of the web client; with "system" those of the computer it runs on."""

    LIGHT = "light", _("light")
    DARK = "dark", _("dark")
    SYSTEM = "system", _("as the computer")


class User(AbstractUser):
    """A person with a login; their extension, if any, is `user.extension`."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"), unique=True)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )

    theme = models.CharField(_("theme"), max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    # The name of a file under `MEDIA_ROOT/pictures`, made by us: nothing of what was uploaded is in it.
    picture = models.CharField(_("picture"), max_length=80, blank=True, editable=False)
    calls_seen = models.DateTimeField(
        _("looked at their calls"),
        default=timezone.now,
        editable=False,
        help_text=_("Missed since: the badge."),
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects: UserManager = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


domain_name = RegexValidator(
    r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$", _("A domain, such as example.org.")
)


class SignInPolicy(models.Model):
    """How people must sign in; there is one row, or none while everything is as delivered."""

    second_factor_for_administrators = models.BooleanField(
        _("administrators need a second factor"), default=False
    )
    second_factor_for_users = models.BooleanField(_("everybody else needs a second factor"), default=False)
    second_factor_for_roles = models.ManyToManyField(
        Group, verbose_name=_("roles that need a second factor"), blank=True, related_name="+"
    )
    allowed_domains = models.TextField(
        _("domains that may sign up"),
        blank=True,
        help_text=_(
            "One a line. Who signs in with Microsoft or Google and has an address there becomes a user by that; "
            "empty: only people who are users already can sign in."
        ),
    )

    class Meta:
        verbose_name = _("sign-in policy")
        verbose_name_plural = _("sign-in policy")

    def __str__(self) -> str:
        return str(_("Sign-in policy"))

    @property
    def domains(self) -> frozenset[str]:
        """The allowed domains in lower case."""
        return frozenset(self.allowed_domains.lower().split())

    def clean(self) -> None:
        for domain in sorted(self.domains):
            try:
                domain_name(domain)
            except ValidationError as error:
                raise ValidationError({"allowed_domains": f"{domain}: {error.messages[0]}"}) from error

    @classmethod
    def current(cls) -> SignInPolicy:
        """The policy; as delivered when nobody changed it."""
        return cls.objects.first() or cls()

    def needing_second_factor(self, users: Iterable[User]) -> set[int]:
        """Of these, the ids of those who must have a second factor to go on; one query at most."""
        flags = {
            user.pk: self.second_factor_for_administrators if user.is_staff else self.second_factor_for_users
            for user in users
        }
        needing = {user for user, needs in flags.items() if needs}
        if self.pk is None or needing == flags.keys():
            return needing
        roles = self.second_factor_for_roles.all()
        members = User.objects.filter(pk__in=flags.keys() - needing, groups__in=roles)
        return needing | set(members.values_list("pk", flat=True))


class Favourite(models.Model):
    """A colleague that a user sees first."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="favourites", verbose_name=_("user")
    )
    extension = models.ForeignKey(
        "telephony.Extension", on_delete=models.CASCADE, related_name="+", verbose_name=_("extension")
    )

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["user", "extension"], name="once_a_favourite")]

    def __str__(self) -> str:
        return f"{self.user_id}/{self.extension_id}"
