"""Errors as a person reads them: {"detail": [{"field": …, "message": …}]}.

A command to a live call that is not carried out has a "code", too; never more than that.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any, NotRequired

import redis
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as Invalid
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from typing_extensions import TypedDict

from telephony.calls.control import VERBS
from telephony.calls.error_sentences import Code
from telephony.calls.errors import CommandError, tell

log = logging.getLogger(__name__)


class Complaint(TypedDict):
    """What is wrong, and with which field; "" when it is about the whole."""

    field: str
    message: str
    code: NotRequired[Code]


REFUSALS = {
    "no_extension": gettext_noop("You have no extension."),
    "no_right": gettext_noop("You have no right to do that."),
    "signed_out": gettext_noop("This tab was signed out from another one. Open a new one to call here."),
}


class Refused(Exception):
    """403: the person may not do this; the code is one of REFUSALS."""

    def __init__(self, code: str = "no_right") -> None:
        super().__init__(code)
        self.code = code


class Unknown(Exception):
    """404: there is no such thing for the person who asks."""


def complain(status: int, message: str, field: str = "") -> JsonResponse:
    """One complaint."""
    return answer(status, [{"field": field, "message": message}])


def answer(status: int, complaints: list[Complaint]) -> JsonResponse:
    """An answer that is no success."""
    return JsonResponse({"detail": complaints}, status=status, headers={"Cache-Control": "no-store"})


# pydantic's kinds of error -> a sentence; what is in its context is filled in.
SENTENCES = {
    "missing": gettext_noop("This is needed."),
    "extra_forbidden": gettext_noop("There is no such field."),
    "string_type": gettext_noop("This must be a text."),
    "string_pattern_mismatch": gettext_noop("This is not written as it must be."),
    "int_type": gettext_noop("This must be a whole number."),
    "int_parsing": gettext_noop("This must be a whole number."),
    "int_from_float": gettext_noop("This must be a whole number."),
    "bool_type": gettext_noop("This must be true or false."),
    "bool_parsing": gettext_noop("This must be true or false."),
    "literal_error": gettext_noop("This is none of the possible values."),
    "enum": gettext_noop("This is none of the possible values."),
    "union_tag_invalid": gettext_noop("This is none of the possible values."),
    "union_tag_not_found": gettext_noop("It does not say what is to be done."),
    "greater_than_equal": gettext_noop("This must be at least %(ge)s."),
    "less_than_equal": gettext_noop("This must be at most %(le)s."),
    "json_invalid": gettext_noop("This is no JSON."),
    "list_type": gettext_noop("This must be a list."),
    "dict_type": gettext_noop("This must be an object with fields."),
    "model_type": gettext_noop("This must be an object with fields."),
    "model_attributes_type": gettext_noop("This must be an object with fields."),
}


def _sentence(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "string_too_short":
        least = int(context["min_length"])
        return ngettext("At least %(count)d character.", "At least %(count)d characters.", least) % {
            "count": least
        }
    if kind == "string_too_long":
        most = int(context["max_length"])
        return ngettext("At most %(count)d character.", "At most %(count)d characters.", most) % {
            "count": most
        }
    if kind in ("too_long", "too_short"):
        return _("There are too many or too few of these.")
    if kind.startswith(("datetime", "date_", "time", "timezone")):
        return _("This is no moment.")
    text = SENTENCES.get(kind)
    return _(text) % context if text else _("This can't be used.")


def _field(kind: str, place: tuple[Any, ...]) -> str:
    """Where the field is, as the sender knows it: without the names that the framework puts in front."""
    parts = [str(part) for part in place]
    if kind.startswith("union_tag"):
        return "verb"  # the one field that tells what a body is
    if parts and parts[0] in ("body", "query", "path", "form", "file"):
        parts = parts[1:]
        # The name of the argument that takes the whole body, and the tag of what it may be.
        parts = [part for part in parts if part not in ("body", "given")]
        if len(parts) > 1 and parts[0] in VERBS:
            parts = parts[1:]
    return ".".join(parts)


def install(api: NinjaAPI, away: Iterable[type[Exception]] = ()) -> None:
    """Have `api` answer every error like this; one of `away` says that a part of the exchange does not answer."""

    @api.exception_handler(ValidationError)
    def _input(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        return answer(
            422,
            [
                {
                    "field": _field(one["type"], one["loc"]),
                    "message": _sentence(one["type"], one.get("ctx") or {}),
                }
                for one in error.errors
            ],
        )

    @api.exception_handler(Invalid)
    def _invalid(_request: HttpRequest, error: Invalid) -> HttpResponse:
        fields: dict[str, list[str]] = (
            error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        )
        return answer(
            422,
            [
                {"field": "" if field == "__all__" else field, "message": message}
                for field, messages in fields.items()
                for message in messages
            ],
        )

    @api.exception_handler(AuthenticationError)
    def _stranger(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return complain(401, _("Sign in first."))

    @api.exception_handler(HttpError)
    def _http(_request: HttpRequest, error: HttpError) -> HttpResponse:
        if error.status_code == 403:
            return complain(403, _("The page is too old: load it again."))
        if error.status_code == 400:
            return complain(400, _("This is no JSON."))
        return complain(error.status_code, _("This can't be used."))

    @api.exception_handler(Refused)
    def _refused(_request: HttpRequest, error: Refused) -> HttpResponse:
        return complain(403, _(REFUSALS.get(error.code, REFUSALS["no_right"])))

    @api.exception_handler(PermissionDenied)
    def _denied(_request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
        return complain(403, _(REFUSALS["no_right"]))

    @api.exception_handler(Unknown)
    @api.exception_handler(Http404)
    def _unknown(_request: HttpRequest, _error: Exception) -> HttpResponse:
        return complain(404, _("There is no such thing."))

    @api.exception_handler(CommandError)
    def _command(request: HttpRequest, error: CommandError) -> HttpResponse:
        if error.away:
            return _away(request, error)
        return answer(409, [{"field": "", "message": tell(error), "code": error.code}])

    @api.exception_handler(redis.RedisError)
    @api.exception_handler(OperationalError)
    def _away(_request: HttpRequest, error: Any) -> HttpResponse:
        log.warning("a part of the exchange is away: %s", error)
        return complain(503, _("A part of the exchange does not answer. Try again in a moment."))

    for kind in away:
        api.add_exception_handler(kind, _away)

    @api.exception_handler(Exception)
    def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        return complain(500, _("Something went wrong in the exchange."))
