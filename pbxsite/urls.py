"""Addresses of the site's pages."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from pbxsite.http.client import client, paths
from pbxsite.views import choose_language, health, welcome
from telephony.recordings.views import play

# Administrators sign in by the same door as everybody: with its limits and its second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400 = "pbxsite.views.bad_request"

urlpatterns = [
    path("", client, name="home"),
    re_path(rf"^(?P<path>{paths()})$", client),
    path("welcome/", welcome, name="welcome"),
    path("healthz", health, name="health"),
    path("i18n/setlang/", choose_language, name="set_language"),
    path("api/v1/", include("api.urls")),
    path("admin/", admin.site.urls),
    path("recordings/<int:recording_id>/sound", play, name="recording-sound"),
    path("sign-in/", RedirectView.as_view(pattern_name="account_login", query_string=True), name="sign_in"),
    path("account/", include("accounts.urls")),
]
