"""How often a password was really looked at: counted, not guessed from the time it took."""

from __future__ import annotations

from django.contrib.auth.hashers import MD5PasswordHasher, PBKDF2PasswordHasher


class CountingHasher(MD5PasswordHasher):
    """The quick hasher of the tests; `looked` counts evaluations of this process."""

    looked = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.looked += 1
        return super().encode(password, salt)


class NoticeableHasher(PBKDF2PasswordHasher):
    """Takes some milliseconds, as a real one does: a request that leaves it out is told by its time."""

    iterations = 15_000
