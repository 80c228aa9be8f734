"""Algorithms and curves by OpenSSL's names, in the words of our own decoder."""

from __future__ import annotations

from certanalytics.x509.algorithms import CURVES, FIXED_BITS, KEY_ALGORITHMS, SIGNATURES

_KEYS = {name.casefold(): name for name in KEY_ALGORITHMS.values()} | {
    "rsaencryption": "RSA",
    "rsassapss": "RSASSA-PSS",
    "dsaencryption": "DSA",
    "dsaencryption-old": "DSA",
    "id-ecpublickey": "EC",
    "ecdsa": "EC",
    "dhkeyagreement": "DH",
    "x9.42 dh": "DH",
}
_SIGNATURES = {name.casefold(): (name, digest) for name, digest in SIGNATURES.values()}
_SIGNATURES |= {
    openssl: _SIGNATURES[ours]
    for openssl, ours in {
        "sha1withrsa": "sha1withrsasignature",
        "dsawithsha1": "dsa-with-sha1",
        "dsawithsha1-old": "dsawithsha1",
        **{f"dsa_with_sha{size}": f"dsa-with-sha{size}" for size in (224, 256, 384, 512)},
        **{f"ecdsa_with_sha3-{size}": f"ecdsa-with-sha3-{size}" for size in (224, 256, 384, 512)},
        **{f"rsa-sha3-{size}": f"rsassa-pkcs1-v1_5-with-sha3-{size}" for size in (224, 256, 384, 512)},
    }.items()
}
_SIGNATURES["rsassapss"] = ("RSASSA-PSS", None)  # the hash stands in parameters OpenSSL's name leaves out

_CURVES = {curve.name.casefold(): curve for curve in CURVES.values()}
_CURVES |= {"prime256v1": _CURVES["secp256r1"], "prime192v1": _CURVES["secp192r1"], "sm2": _CURVES["sm2p256v1"]}


def key_algorithm(name: str | None) -> str | None:
    """``rsaEncryption`` as ``RSA``; ``None`` for a name we do not know."""
    return _KEYS.get(name.casefold()) if name else None


def signature(name: str | None) -> tuple[str | None, str | None]:
    """Algorithm and hash of a signature; an algorithm we do not know as it is written, without hash."""
    return _SIGNATURES.get(name.casefold(), (name, None)) if name else (None, None)


def curve(name: str | None) -> str | None:
    """``prime256v1`` as ``secp256r1``; a curve we do not know as it is written."""
    return _CURVES[name.casefold()].name if name and name.casefold() in _CURVES else name


def key_bits(algorithm: str | None, curve_name: str | None, stated: int | None) -> int | None:
    """The size of a key as our decoder counts it.

    Tools that ask OpenSSL count the order of a curve's group and the bytes of post-quantum keys: their number is
    taken for RSA and DSA only.
    """
    if algorithm in {"RSA", "RSASSA-PSS", "DSA"}:
        return stated
    if algorithm == "EC":
        known = _CURVES.get(curve_name.casefold()) if curve_name else None
        return known.bits if known else None
    return FIXED_BITS.get(algorithm or "")
