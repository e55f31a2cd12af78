"""`aesio`: AES in ECB, CBC and CTR mode, encrypting into a buffer of the same length."""

from types import ModuleType
from typing import Any

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import Bound, bind, make_module
from ticktap.simulator.timeline import US

MODE_ECB, MODE_CBC, MODE_CTR = 1, 2, 6
BLOCK = 16
KEY_NS = 60 * US
NS_PER_BLOCK = 64 * US


class AES(Bound):
    def __init__(
        self, key: bytes, mode: int = MODE_ECB, IV: bytes | None = None, segment_size: int = 8
    ) -> None:
        if mode not in (MODE_ECB, MODE_CBC, MODE_CTR):
            raise NotImplementedError("Requested AES mode is unsupported")
        self.mode = mode
        self.rekey(key, IV)

    def rekey(self, key: bytes, IV: bytes | None = None) -> None:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        if len(key) not in (16, 24, 32):
            raise ValueError("Key must be 16, 24, or 32 bytes long")
        if IV is not None and len(IV) != BLOCK:
            raise ValueError("IV must be 16 bytes long")
        start = bytes(IV or bytes(BLOCK))
        kinds: dict[int, Any] = {
            MODE_ECB: modes.ECB,
            MODE_CBC: lambda: modes.CBC(start),
            MODE_CTR: lambda: modes.CTR(start),
        }
        self._chip.consume_time(KEY_NS)
        self._encryptor = Cipher(algorithms.AES(bytes(key)), kinds[self.mode]()).encryptor()

    def encrypt_into(self, src: bytes, dest: bytearray) -> None:
        if len(src) != len(dest):
            raise ValueError("Source and destination buffers must be the same length")
        if self.mode == MODE_ECB and len(src) != BLOCK:
            raise ValueError("ECB only operates on 16 bytes at a time")
        if self.mode == MODE_CBC and len(src) % BLOCK:
            raise ValueError("CBC blocks must be multiples of 16 bytes")
        self._chip.consume_time(NS_PER_BLOCK * ((len(src) + BLOCK - 1) // BLOCK))
        dest[:] = self._encryptor.update(bytes(src))


def build(chip: Chip) -> ModuleType:
    return make_module("aesio", AES=bind(AES, chip), MODE_ECB=MODE_ECB, MODE_CBC=MODE_CBC, MODE_CTR=MODE_CTR)
