"""The leak campaign: every command with marked secrets, well and badly used, on whole and on broken things.

`everything` is for `make campaign`; `some` of it, with each kind of accident, for `make test`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import segno

from secret_leaks.malicious_device import ANSWERS, PROMPT_ANSWERS, SALT, SERIAL, MaliciousDevice
from secret_leaks.scene import Scene, interrupt, unplug
from support.canaries import Canary
from ticktap.device import pin
from ticktap.device.owner_key import token_key

CRASH = str(Path(__file__).with_name("crash.py"))
URI_MARK, MANUAL, PICTURE, KEPT, WRONG = CANARIES = [
    Canary(f"leak {name}") for name in ("uri", "manual", "picture", "kept", "wrong")
]
ON_ARGV = Canary("leak argv")
PIN, OTHER_PIN, WRONG_PIN = PINS = [
    Canary(f"leak PIN {number}", secret=text)
    for number, text in enumerate(
        (b"marked horse battery", b"another marked staple", b"wrong marked correct")
    )
]
BUTTONS = Canary("leak PIN of the buttons", secret=b"2413914253617285")
OWNER = Canary("leak owner", 32)  # what is in owner.key
OTHER_OWNER = Canary("leak other owner", 32)
LIARS_KEYS = [
    Canary(
        "leak owner's key of a malicious device", secret=bytes(token_key(OWNER.secret, SERIAL, bytes(16)))
    ),
    Canary(
        "leak PIN's key for a malicious device",
        secret=bytes(pin.key(PIN.secret.decode(), pin.KdfParams(SALT))),
    ),
]
GUARDS = [*PINS, BUTTONS, OWNER, OTHER_OWNER, *LIARS_KEYS]
KEPT_IN = {"owner.key": OWNER, "other.key": OTHER_OWNER}
LOG = ("--log-level", "debug")
MODES: tuple[tuple[str, ...], ...] = ((), ("--json",), ("--debug", *LOG), ("--json", "--debug", *LOG))
CRASHES = (
    ("ticktap.device.account_methods", "AccountMethods.add"),
    ("ticktap.device.connection", "Connection.call"),
    ("ticktap.device.jsonrpc", "request"),
    ("ticktap.enrolment.prove", "prove"),
    ("ticktap.otp.code_check", "verify"),
    ("ticktap.registry.stored_accounts", "insert"),
    ("ticktap.formats.otpauth", "parse"),
    ("ticktap.formats.base32", "decode"),
    ("ticktap.device.transport", "SerialPort.write"),
)
OWNER_CRASHES = (
    ("ticktap.files.key_file", "read_key"),
    ("ticktap.device.owner_key", "token_key"),
    ("ticktap.device.owner_session", "open_session"),
    ("ticktap.device.owner_session", "Session.wrap"),
    ("ticktap.device.owner_session", "_mac"),
)
PIN_CRASHES = (
    ("ticktap.device.pin", "key"),
    ("ticktap.device.pin_methods", "PinMethods.unlock"),
    ("ticktap.device.jsonrpc", "request"),
)
QUIET = (
    *(
        "list",
        "info",
        "doctor",
        "account list",
        "clock show",
        "clock sync",
        "settings show",
        "token identify",
    ),
    *(
        "settings set inter_key_ms=1",
        "token rename desk",
        "account rename uri --name uri2",
        "account rename uri2 --name uri",
    ),
    *("account move uri 2", "account default uri", "account suffix uri tab", "completion bash", "--help"),
    *("code uri", "type uri", "token compact", "account remove picture --force", "code nobody", "nonsense"),
)


def uri(canary: Canary, name: str, more: str = "") -> str:
    return f"otpauth://totp/Example:{name}?secret={canary.base32}&issuer=Example{more}\n"


def picture(text: str) -> bytes:
    """A PNG with a QR code of `text`."""
    out = io.BytesIO()
    segno.make(text).save(out, kind="png", scale=4)
    return out.getvalue()


def bad_uris() -> Iterator[str]:
    """Key URIs with something wrong, all with a marked secret in them."""
    for more in ("&digits=99", "&period=x", "&algorithm=MD5", "&secret=AAAA", "&counter=-1"):
        yield uri(WRONG, "wrong", more)
    yield uri(WRONG, "wrong").replace("totp", "fotp")
    yield uri(WRONG, "wrong").replace("otpauth", "http")
    yield uri(WRONG, "wrong").replace("secret=", "secret=!1890")
    yield uri(WRONG, "n" * 100)
    yield WRONG.base32 + "\n"
    yield f"otpauth-migration://offline?data={WRONG.base64}\n"


def stage(folder: Path) -> Scene:
    """The scene with all canaries in it."""
    return Scene(folder, [*CANARIES, *GUARDS], [ON_ARGV], KEPT_IN)


def line(*canaries: Canary) -> str:
    """PINs as they are typed, a line each."""
    return "".join(canary.secret.decode() + "\n" for canary in canaries)


def owner_key(scene: Scene, canary: Canary) -> Path:
    """A file with an owner's key."""
    path = scene.home / next(name for name, kept in KEPT_IN.items() if kept is canary)
    path.touch(0o600)
    path.write_bytes(canary.secret)
    return path


def owned(scene: Scene, mode: tuple[str, ...]) -> None:
    """A token with an owner, with the right key, another one, none, and a broken one."""
    ours, other = owner_key(scene, OWNER), owner_key(scene, OTHER_OWNER)
    scene.run("token", "claim", *mode)
    scene.run("token", "claim", *mode)
    for words in ("account list", "settings show", "account suffix uri tab", "doctor", "info", "code"):
        for key in (ours, other, scene.home / "none"):
            scene.run(*words.split(), "--owner", str(key), *mode)
    scene.run("token", "rename", "x", *mode, TICKTAP_OWNER="keyring:nobody")
    ours.chmod(0o644)
    scene.run("account", "list", *mode)
    ours.chmod(0o600)
    for module, function in OWNER_CRASHES:
        scene.run("account", "list", *mode, program=(CRASH, module, function))
    scene.run("account", "list", "--owner", ON_ARGV.base32, *mode)
    scene.run("token", "release", *mode)


def locked(scene: Scene, mode: tuple[str, ...]) -> None:
    """A token with a PIN: given well, wrong, on the command line, to broken programs."""
    scene.run("pin", "set", *mode, stdin=line(PIN))
    scene.replug()
    scene.run("account", "list", *mode)
    scene.run("unlock", *mode, stdin=line(WRONG_PIN))
    scene.run("unlock", ON_ARGV.base32, *mode)
    scene.run("pin", "set", ON_ARGV.base32, *mode)
    for module, function in PIN_CRASHES:
        scene.run("unlock", *mode, stdin=line(PIN), program=(CRASH, module, function))
    scene.run("unlock", *mode, stdin=line(PIN))
    scene.run("pin", "keys", *mode, stdin=line(BUTTONS))
    broken = (CRASH, "ticktap.device.pin_methods", "PinMethods.set_pin_keys")
    scene.run("pin", "keys", *mode, stdin=line(BUTTONS), program=broken)
    scene.run("pin", "keys", *mode, stdin=line(PIN))
    scene.run("pin", "change", *mode, stdin=line(WRONG_PIN, OTHER_PIN))
    broken = (CRASH, "ticktap.device.pin_methods", "PinMethods.set_pin")
    scene.run("pin", "change", *mode, stdin=line(PIN, OTHER_PIN), program=broken)
    scene.run("pin", "change", *mode, stdin=line(PIN, OTHER_PIN), finger=interrupt)
    scene.run("pin", "change", *mode, stdin=line(PIN, OTHER_PIN))
    scene.run("lock", *mode)
    scene.run("pin", "remove", *mode, stdin=line(OTHER_PIN), finger=unplug)
    scene.plug()
    scene.run("pin", "remove", *mode, stdin=line(OTHER_PIN))


def enrolments(scene: Scene, mode: tuple[str, ...]) -> None:
    scene.run("account", "add", "--force", *mode, stdin=uri(URI_MARK, "uri"))
    scene.run("account", "add", "--force", "--keep", *mode, stdin=uri(KEPT, "kept"))
    scene.run("account", "add", "--force", "--manual", *mode, stdin=f"Example\nmanual\n{MANUAL.base32}\n")
    scene.run("account", "add", "--force", "--qr", "-", *mode, stdin=picture(uri(PICTURE, "picture")))


def quiet(scene: Scene, mode: tuple[str, ...]) -> None:
    for words in QUIET:
        scene.run(*words.split(), *mode)


def checks(scene: Scene, mode: tuple[str, ...]) -> None:
    scene.run("verify", "kept", *mode, stdin="123456\n")
    scene.run("verify", "--uri", "-", *mode, stdin=uri(KEPT, "kept") + "12345\n")
    scene.run("verify", "--qr", "-", *mode, stdin=picture(uri(KEPT, "kept")))


def wrong_input(scene: Scene, mode: tuple[str, ...]) -> None:
    for text in bad_uris():
        scene.run("account", "add", *mode, stdin=text)
    scene.run("account", "add", "--manual", *mode, stdin=f"Example\nmanual\n{WRONG.base32}1\n")
    scene.run("verify", "--uri", "-", *mode, stdin=uri(WRONG, "wrong", "&digits=99"))


def wrong_pictures(scene: Scene, mode: tuple[str, ...]) -> None:
    good = picture(uri(WRONG, "wrong"))
    for data in (good[:200], picture(uri(WRONG, "wrong", "&digits=99")), picture(WRONG.base32), b"<svg", b""):
        scene.run("account", "add", "--qr", "-", *mode, stdin=data)
    scene.run("account", "add", "--qr", str(scene.user), *mode)
    scene.run("account", "add", "--qr", str(scene.user / "nothing.png"), *mode)


def on_the_command_line(scene: Scene, mode: tuple[str, ...]) -> None:
    """Where a person put it, it is; but it is not said again, and not kept."""
    for words in (["account", "add"], ["code"], ["verify"], ["account", "rename"]):
        scene.run(*words, uri(ON_ARGV, "argv").strip(), *mode)
        scene.run(*words, ON_ARGV.base32, *mode)
    scene.run("verify", "--uri", uri(ON_ARGV, "argv").strip(), *mode)


def crashes(scene: Scene, mode: tuple[str, ...]) -> None:
    for module, function in CRASHES:
        broken = (CRASH, module, function)
        scene.run("account", "add", "--force", "--keep", *mode, stdin=uri(URI_MARK, "uri"), program=broken)
    broken = (CRASH, "ticktap.formats.base32", "decode")
    scene.run("account", "add", "--manual", *mode, stdin=f"E\nm\n{MANUAL.base32}\n", program=broken)
    scene.run("verify", "kept", *mode, stdin="1\n", program=(CRASH, "ticktap.otp.code_check", "explain"))
    scene.run("account", "add", *mode, stdin=uri(URI_MARK, "uri"), PYTHONDEVMODE="1", PYTHONVERBOSE="1")


def broken_ports(scene: Scene, mode: tuple[str, ...]) -> None:
    plain = scene.user / "file"
    plain.write_bytes(b"not a port")
    for port in (str(scene.folder / "none"), str(plain), "/dev/null", "nonsense://x", "socket://127.0.0.1:1"):
        scene.run("account", "add", *mode, stdin=uri(URI_MARK, "uri"), TICKTAP_DEVICE=port)


def malicious_devices(scene: Scene, mode: tuple[str, ...], answers: tuple[str, ...] = ANSWERS[:-1]) -> None:
    for how in answers:
        with MaliciousDevice(how) as device:
            scene.run(
                "account", "add", "--no-confirm", *mode, stdin=uri(WRONG, "w"), TICKTAP_DEVICE=device.path
            )
            if how in PROMPT_ANSWERS:
                scene.run("unlock", *mode, stdin=line(PIN), TICKTAP_DEVICE=device.path)
                scene.run("token", "claim", *mode, TICKTAP_DEVICE=device.path)
        with MaliciousDevice(how, claimed=True) as device:
            scene.run("account", "list", *mode, TICKTAP_DEVICE=device.path)


def interrupted(scene: Scene, mode: tuple[str, ...]) -> None:
    scene.run("account", "add", "--force", *mode, stdin=uri(URI_MARK, "uri"), finger=interrupt)
    scene.run("account", "add", "--force", "--keep", *mode, stdin=uri(KEPT, "kept"), finger=unplug)
    scene.plug()


def broken_registry(scene: Scene, mode: tuple[str, ...]) -> None:
    """Each file spoilt in turn, and put back; afterwards the registry is as it was."""
    database, key = scene.home / "registry.db", scene.home / "registry.key"
    for path, content in (
        (database, b"garbage" * 1000),
        (database, database.read_bytes()[:3000]),
        (database, database.read_bytes()[:-200] + bytes(200)),
        (key, bytes(32)),
        (key, b"short"),
    ):
        before = path.read_bytes()
        path.write_bytes(content)
        scene.run("verify", "kept", *mode, stdin="123456\n")
        scene.run("account", "add", "--force", "--keep", *mode, stdin=uri(KEPT, "kept"))
        path.write_bytes(before)


Act = Callable[[Scene, tuple[str, ...]], None]
ACTS: list[Act] = [
    *(
        enrolments,
        quiet,
        checks,
        wrong_input,
        wrong_pictures,
        on_the_command_line,
        crashes,
        broken_ports,
        malicious_devices,
    ),
    *(interrupted, broken_registry, owned, locked),
]


def everything(scene: Scene) -> None:
    """Every act in every mode."""
    owner_key(scene, OWNER)
    for mode in MODES:
        for act in ACTS:
            act(scene, mode)


def some(scene: Scene) -> None:
    """One run of each kind of accident, with the most talkative options."""
    debug = ("--json", "--debug")
    scene.run("account", "add", "--keep", "--debug", stdin=uri(KEPT, "kept"))
    scene.run("account", "add", "--qr", "-", *debug, stdin=picture(uri(PICTURE, "picture")))
    scene.run("verify", "kept", "--debug", stdin="123456\n")
    scene.run("account", "add", "--debug", stdin=next(bad_uris()))
    scene.run("account", "add", "--qr", "-", *debug, stdin=picture(uri(WRONG, "wrong", "&digits=99")))
    scene.run("account", "add", uri(ON_ARGV, "argv").strip(), "--debug")
    for module, function in (CRASHES[1], CRASHES[5], CRASHES[6]):
        words = ("account", "add", "--force", "--keep", "--debug")
        scene.run(*words, stdin=uri(URI_MARK, "uri"), program=(CRASH, module, function))
    scene.run("account", "add", *debug, stdin=uri(URI_MARK, "uri"), TICKTAP_DEVICE="/dev/null")
    owner_key(scene, OWNER)
    malicious_devices(scene, debug, ("error data", "result"))
    scene.run("token", "claim", *debug)
    scene.run("account", "list", "--debug", program=(CRASH, *OWNER_CRASHES[2]))
    scene.run("token", "release", "--debug")
    scene.run("pin", "set", "--debug", stdin=line(PIN))
    scene.run("lock", *debug)
    scene.run("unlock", "--debug", stdin=line(WRONG_PIN))
    scene.run("unlock", ON_ARGV.base32, "--debug")
    scene.run("unlock", "--debug", stdin=line(PIN), program=(CRASH, *PIN_CRASHES[0]))
    scene.run("unlock", *debug, stdin=line(PIN))
    scene.run("pin", "keys", *debug, stdin=line(BUTTONS))
    scene.run("pin", "remove", "--debug", stdin=line(PIN))
    scene.run("account", "add", "--force", "--keep", *debug, stdin=uri(KEPT, "kept"), finger=unplug)
    scene.plug()
    (scene.home / "registry.key").write_bytes(bytes(32))
    scene.run("verify", "kept", "--debug", stdin="123456\n")
