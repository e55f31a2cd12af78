"""Sign-in: one attempt of one user, checked and recorded in one transaction.

`SignIn` needs a registry. It records used codes, counts wrong ones, and writes the audit log. To check a code
without a registry, use ticktap.otp.
"""

from ticktap.verifier.factor_match import Why
from ticktap.verifier.sign_in import Answer, SignIn

__all__ = ["Answer", "SignIn", "Why"]
