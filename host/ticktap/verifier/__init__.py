"""Letting people in: one try of one user to sign in, judged and remembered in one transaction.

    from ticktap.registry import Registry
    from ticktap.verifier.sign_in import SignIn

    with Registry.open() as registry:
        answer = SignIn(registry).verify("ann", "755224", origin="192.0.2.7")
    if answer.ok:
        ...

`SignIn` needs a registry; it remembers what was spent, counts wrong codes, and writes the audit trail.
Whether a code is right, with nothing kept, is for ticktap.otp.code_check.
"""
