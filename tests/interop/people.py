"""The accounts that every verifier is offered; secrets of RFC 4226 and RFC 6238, or invented."""

from ticktap.otp.account import Account

SHA1 = b"12345678901234567890"
SHA256 = b"12345678901234567890123456789012"
SHA512 = b"1234567890123456789012345678901234567890123456789012345678901234"

ALICE = Account("Firm", "alice", SHA1)
BOB = Account("Firm", "bob", SHA256[::-1], digits=8, period=60)
CAROL = Account("Firm", "carol", SHA1[5:], type="hotp", counter=41)
DORA = Account("Firm", "dora", SHA256, algorithm="SHA256")
EMIL = Account("Firm", "emil", SHA512, algorithm="SHA512", digits=8)
FINN = Account("Firm", "finn", SHA512[::-1])
GINA = Account("Firm", "gina", SHA1[::-1], type="steam")
EVERYONE = [ALICE, BOB, CAROL, DORA, EMIL, FINN, GINA]
