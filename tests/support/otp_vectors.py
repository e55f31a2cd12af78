"""Test vectors for hashes, HMAC and one-time passwords: plain data, which any interpreter can import.

From FIPS 180-4's examples, RFC 2202, RFC 4231, RFC 4226 (appendix D), RFC 6238 (appendix B), and our own
where no document has any. tests/unit checks the rows against the standard library as well.
"""

# Algorithm, message, digest in hex.
HASHES = [
    ("SHA1", b"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("SHA1", b"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
        "SHA1",
        b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
    ),
    ("SHA256", b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("SHA256", b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
        "SHA256",
        b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ),
    (
        "SHA512",
        b"",
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
    ),
    (
        "SHA512",
        b"abc",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ),
    (
        "SHA512",
        b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
    ),
]

# RFC 2202 (SHA-1) and RFC 4231: algorithm, key, message, authentication code in hex (or its beginning).
MACS = [
    ("SHA1", b"\x0b" * 20, b"Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"),
    ("SHA1", b"Jefe", b"what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    ("SHA1", b"\xaa" * 20, b"\xdd" * 50, "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
    ("SHA1", bytes(range(1, 26)), b"\xcd" * 50, "4c9007f4026250c6bc8414f9bf50c86c2d7235da"),
    ("SHA1", b"\x0c" * 20, b"Test With Truncation", "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"),
    (
        "SHA1",
        b"\xaa" * 80,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "aa4ae5e15272d00e95705637ce8a3b55ed402112",
    ),
    (
        "SHA1",
        b"\xaa" * 80,
        b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
        "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
    ),
    ("SHA256", b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        "SHA256",
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        "SHA256",
        b"\xaa" * 20,
        b"\xdd" * 50,
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ),
    (
        "SHA256",
        bytes(range(1, 26)),
        b"\xcd" * 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    ("SHA256", b"\x0c" * 20, b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
    (
        "SHA256",
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        "SHA256",
        b"\xaa" * 131,
        b"This is a test using a larger than block-size key and a larger than block-size data. "
        b"The key needs to be hashed before being used by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
    (
        "SHA512",
        b"\x0b" * 20,
        b"Hi There",
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
    ),
    (
        "SHA512",
        b"Jefe",
        b"what do ya want for nothing?",
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    ),
    (
        "SHA512",
        b"\xaa" * 20,
        b"\xdd" * 50,
        "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
    ),
    (
        "SHA512",
        bytes(range(1, 26)),
        b"\xcd" * 50,
        "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
    ),
    ("SHA512", b"\x0c" * 20, b"Test With Truncation", "415fad6271580a531d4179bc891d87a6"),
    (
        "SHA512",
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
    ),
    (
        "SHA512",
        b"\xaa" * 131,
        b"This is a test using a larger than block-size key and a larger than block-size data. "
        b"The key needs to be hashed before being used by the HMAC algorithm.",
        "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
    ),
]

RFC_4226_KEY = b"12345678901234567890"
# RFC 4226, appendix D: counter, HMAC-SHA-1 in hex, truncated value, code of six digits.
RFC_4226 = [
    (0, "cc93cf18508d94934c64b65d8ba7667fb7cde4b0", 1284755224, "755224"),
    (1, "75a48a19d4cbe100644e8ac1397eea747a2d33ab", 1094287082, "287082"),
    (2, "0bacb7fa082fef30782211938bc1c5e70416ff44", 137359152, "359152"),
    (3, "66c28227d03a2d5529262ff016a1e6ef76557ece", 1726969429, "969429"),
    (4, "a904c900a64b35909874b33e61c5938a8e15ed1c", 1640338314, "338314"),
    (5, "a37e783d7b7233c083d4f62926c7a25f238d0316", 868254676, "254676"),
    (6, "bc9cd28561042c83f219324d3c607256c03272ae", 1918287922, "287922"),
    (7, "a4fb960c0bc06e1eabb804e5b397cdc4b45596fa", 82162583, "162583"),
    (8, "1b3c89f65e6c9e883012052823443f048b4332db", 673399871, "399871"),
    (9, "1637409809a679dc698207310c8c7fc07290d9e5", 645520489, "520489"),
]

# RFC 6238, appendix B. The keys are as long as the digests, which its text does not say.
RFC_6238_KEYS = {
    "SHA1": b"12345678901234567890",
    "SHA256": b"12345678901234567890123456789012",
    "SHA512": b"1234567890123456789012345678901234567890123456789012345678901234",
}
# Unix time, then the codes of eight digits.
RFC_6238 = [
    (59, {"SHA1": "94287082", "SHA256": "46119246", "SHA512": "90693936"}),
    (1111111109, {"SHA1": "07081804", "SHA256": "68084774", "SHA512": "25091201"}),
    (1111111111, {"SHA1": "14050471", "SHA256": "67062674", "SHA512": "99943326"}),
    (1234567890, {"SHA1": "89005924", "SHA256": "91819424", "SHA512": "93441116"}),
    (2000000000, {"SHA1": "69279037", "SHA256": "90698825", "SHA512": "38618901"}),
    (20000000000, {"SHA1": "65353130", "SHA256": "77737706", "SHA512": "47863826"}),
]

# BASE32SECRET3232, as pyotp's own tests have it: unix time, code.
STEAM_KEY = bytes.fromhex("08244dea4414493deb7a")
STEAM = [(0, "2TC8B"), (30, "YKKK4"), (60, "M4HQB"), (90, "DTVB3")]

# Our own: algorithm, key, unix time, period, digits, code. Keys of 80 bits to 128 bytes, periods and lengths
# that no document has, and times on both sides of 2**31, 2**32 and the end of 2099.
OURS = [
    ("SHA1", bytes(range(10)), 0, 1, 5, "07059"),
    ("SHA256", bytes(range(10)), 0, 1, 9, "968243519"),
    ("SHA512", bytes(range(10)), 0, 1, 10, "0384455132"),
    ("SHA1", bytes(range(13)), 1, 7, 9, "022758426"),
    ("SHA256", bytes(range(13)), 1, 7, 10, "0907042608"),
    ("SHA512", bytes(range(13)), 1, 7, 6, "539203"),
    ("SHA1", bytes(range(16)), 2147483647, 15, 10, "1979382744"),
    ("SHA256", bytes(range(16)), 2147483647, 15, 6, "187623"),
    ("SHA512", bytes(range(16)), 2147483647, 15, 7, "7879616"),
    ("SHA1", bytes(range(20)), 2147483648, 29, 6, "121770"),
    ("SHA256", bytes(range(20)), 2147483648, 29, 7, "8035973"),
    ("SHA512", bytes(range(20)), 2147483648, 29, 8, "73561865"),
    ("SHA1", bytes(range(32)), 4294967295, 30, 7, "9690229"),
    ("SHA256", bytes(range(32)), 4294967295, 30, 8, "27930855"),
    ("SHA512", bytes(range(32)), 4294967295, 30, 5, "04762"),
    ("SHA1", bytes(range(63)), 4294967296, 45, 8, "70590982"),
    ("SHA256", bytes(range(63)), 4294967296, 45, 5, "37619"),
    ("SHA512", bytes(range(63)), 4294967296, 45, 9, "682664959"),
    ("SHA1", bytes(range(64)), 4102444799, 60, 5, "82161"),
    ("SHA256", bytes(range(64)), 4102444799, 60, 9, "909654783"),
    ("SHA512", bytes(range(64)), 4102444799, 60, 10, "1048426577"),
    ("SHA1", bytes(range(65)), 1795305600, 61, 9, "974291570"),
    ("SHA256", bytes(range(65)), 1795305600, 61, 10, "0073319529"),
    ("SHA512", bytes(range(65)), 1795305600, 61, 6, "383622"),
    ("SHA1", bytes(range(100)), 1700000017, 90, 10, "1708556562"),
    ("SHA256", bytes(range(100)), 1700000017, 90, 6, "708062"),
    ("SHA512", bytes(range(100)), 1700000017, 90, 7, "2935677"),
    ("SHA1", bytes(range(127)), 946684800, 300, 6, "584237"),
    ("SHA256", bytes(range(127)), 946684800, 300, 7, "3851023"),
    ("SHA512", bytes(range(127)), 946684800, 300, 8, "97333837"),
    ("SHA1", bytes(range(128)), 1234567890, 3599, 7, "7671614"),
    ("SHA256", bytes(range(128)), 1234567890, 3599, 8, "67810435"),
    ("SHA512", bytes(range(128)), 1234567890, 3599, 5, "41253"),
    ("SHA1", bytes(range(10)), 7730941132800, 3600, 8, "93430792"),
    ("SHA256", bytes(range(10)), 7730941132800, 3600, 5, "38472"),
    ("SHA512", bytes(range(10)), 7730941132800, 3600, 9, "027389143"),
    ("SHA1", RFC_4226_KEY, 7, 1, 10, "0082162583"),
    ("SHA256", RFC_4226_KEY, 5, 1, 10, "0089697997"),
    ("SHA512", RFC_4226_KEY, 7, 1, 10, "0022588359"),
]

# Algorithm, key, counter past 32 bits or at its end, code of six digits.
LARGE_COUNTERS = [
    ("SHA1", RFC_4226_KEY, 2147483648, "197202"),
    ("SHA1", RFC_4226_KEY, 4294967301, "250721"),
    ("SHA1", RFC_4226_KEY, 9223372036854775808, "959616"),
    ("SHA1", RFC_4226_KEY, 18446744073709551615, "094451"),
    ("SHA256", RFC_4226_KEY, 2147483648, "431985"),
    ("SHA256", RFC_4226_KEY, 4294967301, "852258"),
    ("SHA256", RFC_4226_KEY, 9223372036854775808, "014544"),
    ("SHA256", RFC_4226_KEY, 18446744073709551615, "790413"),
    ("SHA512", RFC_4226_KEY, 2147483648, "176053"),
    ("SHA512", RFC_4226_KEY, 4294967301, "786011"),
    ("SHA512", RFC_4226_KEY, 9223372036854775808, "840280"),
    ("SHA512", RFC_4226_KEY, 18446744073709551615, "381515"),
]
