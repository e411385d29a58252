"""What browsers are told that our pages may do: constants for the settings and the middleware. A page that needs more says why
here."""

from __future__ import annotations

from csp.constants import NONE, SELF

REPORTS = "/csp-report/"

# Everything named, so that what nobody thought of is refused. `data:` pictures are our own QR codes. HTML and scripts made by a
# script pass the one policy of config/js/trusted.js ("fragment" is its inner half), or nothing.
DIRECTIVES = {
    "default-src": [NONE],
    "script-src": [SELF],
    "script-src-attr": [NONE],
    "style-src": [SELF],
    "style-src-attr": [NONE],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "worker-src": [SELF],
    "media-src": [NONE],
    "frame-src": [NONE],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["default", "fragment"],
    "report-uri": [REPORTS],
    "report-to": ["csp"],
}

# Boards fill a screen and keep it awake; a made link is copied. Nothing else of a device is any business of ours.
USED = ("clipboard-write", "fullscreen", "screen-wake-lock")
UNUSED = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "display-capture", "encrypted-media",
    "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "publickey-credentials-create", "publickey-credentials-get", "serial", "storage-access", "usb",
    "window-management", "xr-spatial-tracking",
)  # fmt: skip
FIXED = {
    "Permissions-Policy": ", ".join([*(f"{name}=(self)" for name in USED), *(f"{name}=()" for name in UNUSED)]),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Reporting-Endpoints": f'csp="{REPORTS}"',
}
