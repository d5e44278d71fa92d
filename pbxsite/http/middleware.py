"""What every page of the site says to the browser about itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse

# Nothing inline and nothing from elsewhere. No form-action: signing in with an account elsewhere posts a form whose
# answer leads there, and browsers count that as where the form goes.
RULES = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy_of(rules: Mapping[str, str]) -> str:
    """Rules as the header wants them."""
    return "; ".join(f"{rule} {value}" for rule, value in rules.items())


POLICY = policy_of(RULES)
# The administration's library evaluates expressions that stand in the page, and colours it by styles in the page. A
# script that stands in it does not run there either.
ADMIN_POLICY = policy_of(
    RULES
    | {
        "script-src": "'self' 'unsafe-eval'",
        "style-src": "'self' 'unsafe-inline'",
        "form-action": "'self'",
    }
)


class ContentSecurityMiddleware:
    """A Content-Security-Policy for pages that have none of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            policy = ADMIN_POLICY if request.path.startswith("/admin/") else POLICY
            response.setdefault("Content-Security-Policy", policy)
        return response
