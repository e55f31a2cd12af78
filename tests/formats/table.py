"""The table of formats in docs/interop.md: what each file had in it, what came out, what was refused."""

import json

from formats import writers, writing
from formats.cases import CASES
from formats.people import ALICE, PASSWORD
from ticktap.formats import google_migration, registry

MARKS = "<!-- formats: begin -->", "<!-- formats: end -->"
HEADING = "| file | recognised as | accounts in | right | refused, and why |\n|---|---|---|---|---|"


def odd_ones():
    """Files with entries that the token cannot do: what, file, accounts in it."""
    vault = json.loads(writers.aegis([ALICE]))
    for kind in ("motp", "yandex"):
        vault["db"]["entries"].append(vault["db"]["entries"][0] | {"type": kind, "name": kind})
    yield "Aegis with mOTP and Yandex", writing.document(vault), 3
    entries = json.loads(writers.andotp([ALICE, ALICE]))
    entries[1] |= {"type": "MOTP", "label": "motp"}
    yield "andOTP with mOTP", writing.document(entries), 2
    backup = json.loads(writers.stratum([ALICE, ALICE]))
    backup["Authenticators"][1] |= {"Type": 3, "Username": "motp"}
    yield "Stratum with mOTP", writing.document(backup), 2
    yield "a list with a Yandex URI", f"{writing.uri(ALICE)}\notpauth://yaotp/yandex?secret=AAAA".encode(), 2
    entries = json.loads(writers.duo([ALICE]))
    entries.append({"accountType": "DuoAccount", "name": "push"})
    yield "Duo Mobile with a push account", writing.document(entries), 2
    short = json.loads(writers.aegis([ALICE, ALICE]))
    short["db"]["entries"][1]["name"], short["db"]["entries"][1]["info"]["secret"] = "short", "JBSWY3DP"
    yield "a secret of 40 bits", writing.document(short), 2


def rows():
    """The lines of the table, and whether all that should be right was."""
    for case in CASES:
        kind, found = registry.read(case.data(), case.password)
        right = sum(mine == theirs for mine, theirs in zip(case.right, found.accounts, strict=False))
        yield line(case.what, kind, len(case.accounts), right, found), right == len(case.right)
    codes = google_migration.format([ALICE] * 25)
    for what, text in (("all three", codes), ("the second of three", codes[1:2])):
        kind, found = registry.read("\n".join(reversed(text)).encode())
        google_migration.merge_parts(found)
        right = found.accounts.count(ALICE)
        there = 25 if len(text) == 3 else 10
        yield line(f"Google Authenticator, transfer codes: {what}", kind, there, right, found), right == there
    for what, data, there in odd_ones():
        kind, found = registry.read(data, PASSWORD)
        right = sum((each.name, each.secret) == (ALICE.name, ALICE.secret) for each in found.accounts)
        yield line(what, kind, there, right, found), right + len(found.refused) == there


def line(what, kind, there, right, found):
    """One line of the table."""
    refused = "; ".join(f"{each.name}: {each.reason}" for each in found.refused)
    return f"| {what} | `{kind.key}` | {there} | {right} | {refused} |"


def table():
    """The whole table, as it stands between the marks."""
    return "\n".join([HEADING, *(text for text, _ in rows())])
