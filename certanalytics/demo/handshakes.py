"""What servers take in a handshake: protocol versions, cipher suites and key exchange groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Version = Literal["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]

VERSIONS: tuple[Version, ...] = ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
"""Every version there ever was, oldest first."""

_WITH_TLS_1_3 = ("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256")
_GCM = ("TLS_ECDHE_{}_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_{}_WITH_AES_128_GCM_SHA256")
_KEY_TRANSPORT = "TLS_RSA_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """What one server takes.

    Attributes:
        versions: Protocol versions, oldest first.
        suites: Cipher suites before TLS 1.3 by their IANA names, with a place for the algorithm of the key.
        groups: Key exchange groups by their IANA names.
    """

    versions: tuple[Version, ...] = ("TLSv1.2", "TLSv1.3")
    suites: tuple[str, ...] = _GCM
    groups: tuple[str, ...] = ("X25519", "secp256r1")

    def offered(self, *, is_rsa: bool) -> dict[Version, tuple[str, ...]]:
        """The suites of each version with a certificate for an RSA key, or one for another; the strongest first.

        Galois/Counter Mode came with TLS 1.2 (RFC 5288), and only an RSA key can transport another.
        """
        fitting = [suite for suite in self.suites if is_rsa or not suite.startswith(_KEY_TRANSPORT)]
        named = [suite.format("RSA" if is_rsa else "ECDSA") for suite in fitting or _GCM]
        old = tuple(suite for suite in named if suite.endswith("_SHA"))
        by_version = {"TLSv1.2": tuple(named), "TLSv1.3": _WITH_TLS_1_3}
        return {version: by_version.get(version, old) for version in self.versions}


MODERN = Handshake()
"""As servers are set up today."""
WITH_OLD_VERSIONS = Handshake(
    versions=("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"), suites=(*_GCM, "TLS_ECDHE_{}_WITH_AES_128_CBC_SHA")
)
"""Up to date, but for what was left on for old clients."""
OLD = Handshake(
    versions=("TLSv1.0", "TLSv1.2"), suites=(*_GCM, "TLS_ECDHE_{}_WITH_AES_128_CBC_SHA"), groups=("secp256r1",)
)
"""Software from before TLS 1.3, never set up again."""
WITHOUT_TLS_1_3 = Handshake(versions=("TLSv1.2",))
"""TLS 1.2 alone, with forward secrecy."""
KEY_TRANSPORT = Handshake(
    versions=("TLSv1.2",), suites=("TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_GCM_SHA256"), groups=()
)
"""RSA key transport alone: whoever has the key reads what was recorded."""
WITH_TRIPLE_DES = Handshake(suites=(*_GCM, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"))
"""Up to date, but for one suite that was never taken out."""
HYBRID = Handshake(groups=("X25519MLKEM768", "X25519", "secp256r1"))
"""Up to date, and with a hybrid group against those who record today and decrypt with a quantum computer."""
