"""Kubernetes: Secrets with keys, YAML as people write it, and YAML made to do harm."""

from __future__ import annotations

import base64
import json

import pytest

from certanalytics.errors import DataError
from certanalytics.model import Alias, Finding, Record, Reject, Sighting, StatedCertificate
from certanalytics.sources.managers.kubernetes import kubernetes

KEY = b"-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\n"


def of(kind, made):
    return [row for row in made if isinstance(row, kind)]


def tls(name="web", namespace="shop", **data):
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "kubernetes.io/tls", "data": data}


def b64(content):
    return base64.b64encode(content).decode()


@pytest.fixture
def chain(samples):
    return (samples / "truth" / "p256.pem").read_bytes()


@pytest.mark.shared
def test_a_manifest_with_a_key(sample):
    export = sample("managers/kubernetes/02-secrets.yml")
    made = list(kubernetes.read(export))
    (alias,), (place,), (finding,) = of(Alias, made), of(Sighting, made), of(Finding, made)
    assert alias.alias == "kubernetes:default/tls-cert"
    assert (place.resource, place.chain, place.kind) == ("default/tls-cert", (alias.certificate,), "file")
    assert (finding.check_id, finding.severity, finding.path) == ("private-key-in-file", "high", export.label)
    assert "default/tls-cert, tls.key" in finding.text


def test_no_piece_of_a_key_comes_out_whatever_is_wrong(written, chain):
    broken = tls(**{"tls.key": b64(KEY), "tls.crt": b64(chain)[:-7] + "!"}) | {"metadata": {"name": 5, "labels": 1}}
    odd = tls(**{"tls.crt": b64(KEY), "tls.key": b64(KEY)})
    again = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(odd)}
    whole = tls(**{"tls.crt": b64(chain)})
    whole["metadata"]["annotations"] = again
    for things in ([broken, odd, whole], [{"kind": "Secret", "data": {"tls.key": b64(KEY)}, "apiVersion": "v1"}]):
        made = list(kubernetes.read(written(json.dumps({"apiVersion": "v1", "kind": "List", "items": things}))))
        assert "MIIEvQ" not in repr(made)
        assert b64(KEY)[20:40] not in repr(made)
        assert made


def test_a_secret_still_to_be_filled_and_one_of_another_kind_give_no_row(written):
    things = [tls(**{"tls.crt": "", "tls.key": ""}), tls(password=b64(b"x")) | {"type": "Opaque"}]
    assert list(kubernetes.read(written(json.dumps({"apiVersion": "v1", "kind": "List", "items": things})))) == []


@pytest.mark.parametrize("shape", ["one", "array", "lines", "yaml", "crlf", "utf-16"])
def test_every_way_to_write_it_down(written, chain, shape):
    thing = tls(**{"tls.crt": b64(chain)})
    manifest = (
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: web, namespace: shop}}\ndata:\n  tls.crt: {b64(chain)}\n"
    )
    text = {
        "one": json.dumps(thing, indent=4),
        "array": json.dumps([thing]),
        "lines": json.dumps(thing) + "\n",
        "yaml": f"# made by hand\n--- # first\n{manifest}---\n",
        "crlf": manifest.replace("\n", "\r\n"),
        "utf-16": manifest.encode("utf-16"),
    }[shape]
    export = written(text)
    made = list(kubernetes.read(export))
    assert [(row.alias, row.certificate) for row in of(Alias, made)] == [
        ("kubernetes:shop/web", of(Sighting, made)[0].chain[0])
    ]
    assert len(of(Sighting, made)[0].chain) == 2
    assert of(Reject, made) == []


def test_a_document_that_is_no_yaml_does_not_end_the_file(written):
    good = (
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: a, namespace: b}\nspec: {secretName: c}\n"
    )
    made = list(kubernetes.read(written(f"{good}---\nname: {{{{ .Values.x }}\n  - y: [\n---\n{good}")))
    assert [type(row) for row in made] == [Record, Reject, Record]
    assert [row.locator for row in made] == ["document 1 (line 1)", "document 2 (line 5)", "document 3 (line 8)"]


def test_aliases_that_make_much_of_little_are_refused(written):
    laughs = "".join(f"a{at + 1}: &a{at + 1} [{', '.join([f'*a{at}'] * 9)}]\n" for at in range(9))
    export = written(f"apiVersion: v1\nkind: Secret\na0: &a0 [x]\n{laughs}---\napiVersion: v1\nkind: List\nitems: []\n")
    assert [row.reason for row in kubernetes.read(export)] == ["not YAML, or cut short (aliases make too much of it)"]


def test_a_deep_document_is_at_worst_a_reject(written):
    export = written("apiVersion: v1\nkind: Secret\nmetadata: " + "[" * 50_000 + "\n")
    assert {type(row) for row in kubernetes.read(export)} <= {Reject}


def test_an_ingress_without_namespace_names_no_secret(written):
    spec = {"tls": [{"hosts": ["a.example"], "secretName": "web"}]}
    thing = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}, "spec": spec}
    (reject,) = kubernetes.read(written(json.dumps(thing)))
    assert "no namespace" in reject.reason
    thing["metadata"]["namespace"] = "shop"
    (place,) = kubernetes.read(written(json.dumps(thing)))
    assert place.chain == (StatedCertificate(alias="kubernetes:shop/web"),)
    assert (place.host, place.port, place.resource) == ("a.example", 443, "shop/web")


def test_an_ingress_of_another_operator_is_another_thing(written):
    spec = {"tls": [{"hosts": ["a.example"], "secretName": "web", "secretNamespace": "certificates"}]}
    thing = {"kind": "Ingress", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}
    places = {
        group: list(kubernetes.read(written(json.dumps({"apiVersion": group} | thing))))
        for group in ("extensions/v1beta1", "networking.internal.knative.dev/v1alpha1")
    }
    assert [len(found) for found in places.values()] == [1, 0]


def test_a_file_that_is_cut_at_once_is_an_error_in_words(written):
    with pytest.raises(DataError):
        list(kubernetes.read(written('{"apiVersion": "v1", "kind": "Secret", "da')))
