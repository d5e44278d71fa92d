"""How the administration looks: colours, navigation, dashboard."""

from __future__ import annotations

from django.templatetags.static import static

HUE = 205
# Lightness in percent and chroma of the one accent colour; 600 carries white text, 500 stands on black.
SHADES = {
    "50": (97.8, 0.012),
    "100": (95.0, 0.030),
    "200": (90.0, 0.055),
    "300": (83.0, 0.085),
    "400": (74.0, 0.110),
    "500": (64.0, 0.115),
    "600": (50.0, 0.095),
    "700": (44.0, 0.083),
    "800": (38.0, 0.070),
    "900": (33.0, 0.055),
    "950": (25.0, 0.045),
}


UNFOLD = {
    "SITE_TITLE": "Kiestoon",
    "SITE_HEADER": "Kiestoon",
    "SITE_SYMBOL": "call",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("kiestoon/icon.svg"),
        }
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            shade: f"oklch({lightness}% {chroma} {HUE})" for shade, (lightness, chroma) in SHADES.items()
        }
    },
    "STYLES": [lambda _request: static("kiestoon/admin.css")],
    "SCRIPTS": [lambda _request: static("kiestoon/live.js")],
    "DASHBOARD_CALLBACK": "pbxsite.dashboard.fill_dashboard",
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "pbxsite.navigation.navigation",
    },
}
