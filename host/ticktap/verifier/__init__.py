"""Is this code right? `verify` and `explain` judge one code and keep nothing; signin.py lets people in.

    from ticktap.registry import Registry
    from ticktap.verifier.signin import SignIn

    with Registry.open() as registry:
        answer = SignIn(registry).verify("ann", "755224", origin="192.0.2.7")
    if answer.ok:
        ...

`SignIn` needs a registry; it remembers what was spent, counts wrong codes, and writes the audit trail.
"""

from ticktap.verifier.codes import Reason, Verdict, code_at, explain, hotp, normalise, steam, verify

__all__ = ["Reason", "Verdict", "code_at", "explain", "hotp", "normalise", "steam", "verify"]
