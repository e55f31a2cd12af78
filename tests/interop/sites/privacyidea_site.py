"""A privacyIDEA server for requests from this machine. Runs in a virtual environment of its own.

    python privacyidea_site.py FOLDER < password

Makes its keys and its database in FOLDER and an administrator `admin` with the password, prints `serving on
PORT`, and serves until it is ended.
"""

import contextlib
import os
import secrets
import sys
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from privacyidea.app import create_app
from privacyidea.lib.auth import create_db_admin
from privacyidea.models import db
from werkzeug.serving import WSGIRequestHandler, make_server

ADMIN = "admin"
ENCRYPTION_KEY_BYTES = 96


class Quiet(WSGIRequestHandler):
    """Logs no requests."""

    def log(self, *args):
        """Says nothing."""


def configuration(folder):
    """The text of pi.cfg. The keys it names are made here."""
    (folder / "enckey").write_bytes(secrets.token_bytes(ENCRYPTION_KEY_BYTES))
    audit = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (folder / "private.pem").write_bytes(
        audit.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    (folder / "public.pem").write_bytes(
        audit.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    settings = {
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'privacyidea.sqlite'}",
        "SECRET_KEY": secrets.token_hex(16),
        "PI_PEPPER": secrets.token_hex(16),
        "PI_ENCFILE": str(folder / "enckey"),
        "PI_AUDIT_KEY_PRIVATE": str(folder / "private.pem"),
        "PI_AUDIT_KEY_PUBLIC": str(folder / "public.pem"),
        "PI_LOGFILE": str(folder / "privacyidea.log"),
    }
    return "".join(f"{name} = {value!r}\n" for name, value in settings.items())


def main():
    """Makes the server and runs it."""
    os.umask(0o077)
    folder = Path(sys.argv[1])
    password = sys.stdin.readline().rstrip("\n")
    (folder / "pi.cfg").write_text(configuration(folder))
    app = create_app("production", str(folder / "pi.cfg"), silent=True)
    with app.app_context():
        db.create_all()
        create_db_admin(ADMIN, password=password)
    server = make_server("127.0.0.1", 0, app, request_handler=Quiet)
    print(f"serving on {server.server_port}", flush=True)
    with contextlib.closing(server.socket):
        server.serve_forever()


if __name__ == "__main__":
    main()
