"""A Django site with django-two-factor-auth. Runs in a virtual environment of its own, for this machine only.

    python two_factor_site.py FOLDER < password

Makes its database in FOLDER and the users with the password, prints `serving on PORT`, and serves
until it is ended. `/me/` says who signed in, and whether with a second factor.
"""

import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

USERS = ("alice", "bob", "carol", "dora")
BASE = (
    "<!doctype html><title>Site</title>"
    "{% block content_wrapper %}{% block content %}{% endblock %}{% endblock %}"
)

settings.configure(
    SECRET_KEY="of a test",
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(sys.argv[1]) / "site.sqlite"}
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # the password is not what is tested
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    OTP_TOTP_THROTTLE_FACTOR=60,  # seconds to wait after a wrong code, then twice that; in place of one
    STATIC_URL="/static/",
    LOGIN_URL="two_factor:login",
    LOGIN_REDIRECT_URL="/me/",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "django_otp",
        "django_otp.plugins.otp_static",
        "django_otp.plugins.otp_totp",
        "two_factor",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django_otp.middleware.OTPMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
                "loaders": [
                    ("django.template.loaders.locmem.Loader", {"two_factor/_base.html": BASE}),
                    "django.template.loaders.app_directories.Loader",
                ],
            },
        }
    ],
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402 - these want the settings
from django.core.management import call_command  # noqa: E402 - wants the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402 - wants the settings
from django.http import HttpResponse  # noqa: E402 - wants the settings
from django.urls import include, path  # noqa: E402 - wants the settings
from two_factor.urls import urlpatterns as two_factor_urls  # noqa: E402 - wants the settings


def me(request):
    """Who is asking, and how they signed in."""
    factors = 2 if request.user.is_verified() else 1
    return HttpResponse(f"<!doctype html><title>Me</title><p>{request.user.get_username()} {factors}</p>")


urlpatterns = [path("", include(two_factor_urls)), path("me/", me)]


class Quiet(WSGIRequestHandler):
    """Logs no requests."""

    def log_message(self, *args):
        """Says nothing."""


def main():
    """Makes the site and serves it."""
    password = sys.stdin.readline().rstrip("\n")
    call_command("migrate", verbosity=0)
    for name in USERS:
        User.objects.create_user(name, password=password)
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet) as server:
        print(f"serving on {server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
