"""An F5 BIG-IP before the lab's servers: its REST listings and its backup, invented values in the documented shape."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.lab.authority import pem
from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, written_json
from tests.lab.truth import Truth

_SERVED = ("rsa2048", "p256", "wildcard", "expired", "selfsigned")
_PLAIN = "plain"
"""The server that speaks no TLS, whose virtual server has no client-SSL profile."""

_HOST = "https://localhost/mgmt/tm/"
_VERSION = "?ver=15.1.10"
_ABBREVIATED = {
    "commonName": "CN",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "countryName": "C",
    "localityName": "L",
    "stateOrProvinceName": "ST",
}

Item = dict[str, Any]


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Certificates, profiles and virtual servers, a bundle, and a UCS archive with the same and two servers more."""
    shapes = {
        "ssl-cert.json": (_collection("sys/file/ssl-cert", _certificates(truth)), "`GET /mgmt/tm/sys/file/ssl-cert`"),
        "crypto-cert.json": (_collection("sys/crypto/cert", _listed(truth)), "`GET /mgmt/tm/sys/crypto/cert`"),
        "client-ssl.json": (
            _collection("ltm/profile/client-ssl", _profiles(truth)),
            "`GET /mgmt/tm/ltm/profile/client-ssl`",
        ),
        "virtual.json": (
            _collection("ltm/virtual", list(_virtuals(truth))),
            "`GET /mgmt/tm/ltm/virtual?expandSubcollections=true`",
        ),
    }
    for name, (content, how) in shapes.items():
        yield Sample(f"f5/{name}", "the lab", f"{INVENTED}{how}"), written_json(content)
    how = f"{INVENTED}`tmsh save sys ucs`, without keys and with the files read here only"
    yield Sample("f5/lab-lb1.ucs", "the lab", how), _ucs(truth)


def _collection(path: str, items: list[Item]) -> Item:
    kind = "tm:" + path.replace("/", ":")
    return {
        "kind": f"{kind}:{path.rpartition('/')[2]}collectionstate",
        "selfLink": f"{_HOST}{path}{_VERSION}",
        "items": items,
    }


def _object(path: str, name: str) -> Item:
    last = path.rpartition("/")[2]
    return {
        "kind": f"tm:{path.replace('/', ':')}:{last}state",
        "name": name,
        "partition": "Common",
        "fullPath": f"/Common/{name}",
        "generation": 1,
        "selfLink": f"{_HOST}{path}/~Common~{name}{_VERSION}",
    }


def _dn(name: x509.Name) -> str:
    parts = reversed(list(name))
    return ",".join(f"{_ABBREVIATED[part.oid._name]}={part.value}" for part in parts)


def _fingerprint(der: bytes) -> str:
    return f"SHA256/{_colons(hashlib.sha256(der).digest())}"


def _colons(data: bytes) -> str:
    return ":".join(f"{byte:02X}" for byte in data)


def _said(der: bytes) -> Item:
    """What ``sys/file/ssl-cert`` says of a certificate."""
    certificate = x509.load_der_x509_certificate(der)
    key = certificate.public_key()
    number = certificate.serial_number
    names = _names(certificate)
    said = {
        "certificateKeyCurveName": "prime256v1" if isinstance(key, ec.EllipticCurvePublicKey) else "none",
        "certificateKeySize": getattr(key, "key_size", 0),
        "checksum": f"SHA1:{len(pem(der))}:{hashlib.sha1(pem(der)).hexdigest()}",  # noqa: S324 - what it calls a checksum
        "createTime": "2026-01-05T09:00:00Z",
        "createdBy": "admin",
        "expirationDate": int(certificate.not_valid_after_utc.timestamp()),
        "expirationString": _openssl_time(certificate.not_valid_after_utc),
        "fingerprint": _fingerprint(der),
        "isBundle": "false",
        "issuer": _dn(certificate.issuer),
        "keyType": "rsa-public" if isinstance(key, rsa.RSAPublicKey) else "ec-public",
        "serialNumber": str(number) if number < 1 << 63 else _colons(number.to_bytes(20)).lower(),
        "subject": _dn(certificate.subject),
        "version": 3,
    }
    return said | ({"subjectAlternativeName": ", ".join(f"DNS:{name}" for name in names)} if names else {})


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return names.get_values_for_type(x509.DNSName)


def _openssl_time(time: datetime) -> str:
    return f"{time:%b} {time.day:2d} {time:%H:%M:%S %Y} GMT"


def _certificates(truth: Truth) -> list[Item]:
    single = [_object("sys/file/ssl-cert", f"{case}.crt") | _said(truth.chain(case)[0]) for case in _SERVED]
    bundle = _object("sys/file/ssl-cert", "lab-chain.crt") | _said(truth.chain("rsa2048")[1]) | {"isBundle": "true"}
    del bundle["serialNumber"]
    return [*single, bundle]


def _listed(truth: Truth) -> list[Item]:
    """The same certificates as ``sys/crypto/cert`` shows them."""
    items = []
    for case in _SERVED[:2]:
        said = _said(truth.chain(case)[0])
        raw = {
            "certificateKeySize": str(said["certificateKeySize"]),
            "expiration": said["expirationString"],
            "issuer": said["issuer"],
            "publicKeyType": said["keyType"].partition("-")[0].upper(),
        }
        shown = {"name": f"/Common/{case}.crt", "apiRawValues": raw, "fingerprint": said["fingerprint"]}
        items.append(_object("sys/crypto/cert", f"{case}.crt") | shown)
    return items


def _profiles(truth: Truth) -> list[Item]:
    """One profile for each server, and one that serves an RSA and an EC certificate."""
    pairs = {f"{case}_ssl": [case] for case in _SERVED} | {"dual_ssl": ["rsa2048", "p256"]}
    return [
        _object("ltm/profile/client-ssl", name)
        | {
            "cert": f"/Common/{cases[0]}.crt",
            "chain": "/Common/lab-chain.crt",
            "defaultsFrom": "/Common/clientssl",
            "key": f"/Common/{cases[0]}.key",
            "mode": "enabled",
            "serverName": _row(truth, cases[0])["host"],
            "sslForwardProxy": "disabled",
            "certKeyChain": [
                {
                    "name": f"{case}_lab-chain",
                    "cert": f"/Common/{case}.crt",
                    "chain": "/Common/lab-chain.crt",
                    "key": f"/Common/{case}.key",
                    "usage": "SERVER",
                }
                for case in cases
            ],
        }
        for name, cases in pairs.items()
    ]


def _virtuals(truth: Truth) -> Iterator[Item]:
    for case in (*_SERVED, _PLAIN):
        row = _row(truth, case)
        item = _object("ltm/virtual", f"{case}_vs")
        profiles = [("http", "http", "all"), ("tcp", "tcp", "clientside"), ("serverssl", "server-ssl", "serverside")]
        if case != _PLAIN:
            profiles.append((f"{case}_ssl", "client-ssl", "clientside"))
        yield item | {
            "destination": f"/Common/{row['ip']}%1:{row['port']}",
            "enabled": True,
            "ipProtocol": "tcp",
            "profilesReference": {
                "link": f"{_HOST}ltm/virtual/~Common~{case}_vs/profiles{_VERSION}",
                "isSubcollection": True,
                "items": [_named(*profile) for profile in profiles],
            },
        }


def _named(name: str, kind: str, context: str) -> Item:
    return {
        "kind": "tm:ltm:virtual:profiles:profilesstate",
        "name": name,
        "partition": "Common",
        "fullPath": f"/Common/{name}",
        "context": context,
        "nameReference": {"link": f"{_HOST}ltm/profile/{kind}/~Common~{name}{_VERSION}"},
    }


def _row(truth: Truth, case: str) -> dict[str, Any]:
    return next(row for row in truth.endpoints if row["case"] == case)


def _ucs(truth: Truth) -> bytes:
    """The backup of another BIG-IP: a configuration, a partition's configuration, certificates."""
    store = "var/tmp/filestore_temp/files_d/Common_d/certificate_d/"
    members = {
        "config/bigip.conf": _configuration(truth).encode(),
        "config/partitions/Shop/bigip.conf": _partition(truth).encode(),
        "config/ssl/ssl.crt/default.crt": pem(truth.chain("selfsigned")[0]),
        f"{store}:Common:longvalid.crt_70369_1": b"".join(map(pem, truth.chain("longvalid"))),
        f"{store}:Common:p384.crt_70371_2": pem(truth.chain("p384")[0]),
    }
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), int(truth.day.replace(tzinfo=UTC).timestamp())
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(made.getvalue(), 9, mtime=0)


def _configuration(truth: Truth) -> str:
    longvalid, p384 = _row(truth, "longvalid"), _row(truth, "p384")
    return f"""\
#TMSH-VERSION: 15.1.10

ltm profile client-ssl /Common/longvalid_ssl {{
    app-service none
    cert-key-chain {{
        longvalid {{
            cert /Common/longvalid.crt
            key /Common/longvalid.key
        }}
    }}
    defaults-from /Common/clientssl
    description "of the \\"lab\\" {{ not a brace"
    inherit-certkeychain false
}}
ltm profile client-ssl /Common/p384_ssl {{
    cert-key-chain {{
        p384 {{
            cert /Common/p384.crt
            key /Common/p384.key
        }}
    }}
    defaults-from /Common/clientssl
    inherit-certkeychain false
}}
ltm rule /Common/redirect {{
when HTTP_REQUEST {{
    HTTP::redirect "https://[HTTP::host]/"
}}
}}
ltm virtual /Common/longvalid_vs {{
    destination /Common/{longvalid["ip"]}:{longvalid["port"]}
    ip-protocol tcp
    mirror disabled
    profiles {{
        /Common/http {{ }}
        /Common/longvalid_ssl {{
            context clientside
        }}
        /Common/tcp-wan-optimized {{
            context clientside
        }}
    }}
    rules {{
        /Common/redirect
    }}
}}
ltm virtual /Common/off_vs {{
    destination /Common/{p384["ip"]}:8443
    disabled
    profiles {{
        /Common/p384_ssl {{
            context clientside
        }}
    }}
}}
sys file ssl-cert /Common/longvalid.crt {{
    cache-path /config/filestore/files_d/Common_d/certificate_d/:Common:longvalid.crt_70369_1
    revision 1
}}
"""


def _partition(truth: Truth) -> str:
    row = _row(truth, "p384")
    return f"""\
#TMSH-VERSION: 15.1.10

ltm virtual /Shop/p384_vs {{
    destination /Shop/{row["ip"]}%2:{row["port"]}
    profiles {{
        /Common/p384_ssl {{
            context clientside
        }}
        /Common/tcp {{ }}
    }}
}}
"""
