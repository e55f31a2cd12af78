"""The accounts that the fixtures are made of; secrets of RFC 4226 and RFC 6238, or invented."""

from ticktap.otp.account import Account

SHA1 = b"12345678901234567890"
SHA256 = b"12345678901234567890123456789012"
SHA512 = b"1234567890123456789012345678901234567890123456789012345678901234"
PASSWORD = "pässword with blanks"

ALICE = Account("Example", "alice@example.com", SHA1)
BOB = Account("Firm", "bob", SHA256, algorithm="SHA256", digits=8, period=60)
CAROL = Account("Firm", "carol", SHA512, algorithm="SHA512", digits=7, period=20)
DORA = Account("Counter & Sons", "dora", SHA1[::-1], type="hotp", counter=41)
EMIL = Account("Steam", "émil", SHA1[5:] + b"abcde", type="steam")
EVERYONE = [ALICE, BOB, CAROL, DORA, EMIL]
NO_STEAM = [ALICE, BOB, CAROL, DORA]
TIME_ONLY = [ALICE, BOB, CAROL]
PLAIN = [ALICE, Account("Other", "alice", SHA1[::-1]), DORA]  # what formats without parameters can say
