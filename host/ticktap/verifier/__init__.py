"""Sign-in: one attempt of one user, checked and recorded in one transaction.

    from ticktap.registry import Registry
    from ticktap.verifier.sign_in import SignIn

    with Registry.open() as registry:
        answer = SignIn(registry).verify("ann", "755224", origin="192.0.2.7")
    if answer.ok:
        ...

`SignIn` needs a registry; it records used codes, counts wrong ones, and writes the audit log.
Whether a code is right, with nothing kept, is for ticktap.otp.code_check.
"""
