"""A Django site whose sign-in asks for a code as well as a password, with ticktap's registry behind it.

    pip install django ticktap
    ticktap user add ann && ticktap user enrol ann
    python django_site.py migrate --run-syncdb
    python django_site.py createsuperuser --username ann
    python django_site.py runserver

What matters is CodeBackend and SignInForm; the rest is the smallest site that Django runs. In a site of your
own the two go into files of their own, and the settings into yours.
"""

import os
import sys
from pathlib import Path

import django
from django.conf import settings

HERE = Path(__file__).parent

settings.configure(
    DEBUG=True,
    SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY") or os.urandom(32).hex(),
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ.get("DJANGO_DATABASE") or HERE / "site.db",
        }
    },
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    AUTHENTICATION_BACKENDS=[f"{__name__}.CodeBackend"],
    LOGIN_URL="/",
    USE_TZ=True,
)
django.setup()  # before what follows is imported

from django import forms
from django.contrib.auth import authenticate, login
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from ticktap.registry import Registry
from ticktap.verifier.sign_in import SignIn

PAGE = """<!DOCTYPE html><title>Sign in</title><form method="post">{% csrf_token %}{{ form.as_p }}
<button>Sign in</button></form>"""


class CodeBackend(ModelBackend):
    """Lets in whom Django's password and ticktap's code both let in."""

    sign_in = SignIn(Registry.open())  # one for all threads; TICKTAP_REGISTRY says where

    def authenticate(self, request, username=None, password=None, code=None, **more):
        """The user, or None. A code is looked at, and spent, only when the password is right."""
        user = super().authenticate(request, username=username, password=password, **more)
        if user is None:
            return None
        answer = self.sign_in.verify(user.get_username(), code or "", origin=request.META["REMOTE_ADDR"])
        if answer.few:
            request.session["notice"] = answer.message  # few backup codes are left
        return user if answer.ok else None


class SignInForm(forms.Form):
    """Name, password, code. What was wrong is not told: a stranger would learn who has an account."""

    username = forms.CharField()
    password = forms.CharField(widget=forms.PasswordInput)
    code = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}))


def sign_in(request):
    """The form, and what comes of it."""
    form = SignInForm(request.POST or None)
    if form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if user is not None:
            login(request, user)
            return HttpResponse(status=303, headers={"Location": "/home"})
        form.add_error(None, "Not accepted.")
    return HttpResponse(engines["django"].from_string(PAGE).render({"form": form}, request))


@login_required
def home(request):
    """Where only those who signed in get."""
    return HttpResponse(f"Hello {request.user.get_username()}. {request.session.pop('notice', '')}")


urlpatterns = [path("", sign_in), path("home", home)]

if __name__ == "__main__":
    sys.modules.setdefault("django_site", sys.modules[__name__])
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
