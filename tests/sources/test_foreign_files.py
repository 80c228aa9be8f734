"""Files that are nobody's, however much they look like something: no source claims them."""

from __future__ import annotations

import pytest

from certanalytics.sources import SOURCES
from certanalytics.sources._reading.signature import Head

FOREIGN = {
    "a package": '{"name": "left-pad", "version": "1.0", "dependencies": {"a": "1"}}',
    "objects of anything": '[{"id": 1, "name": "a", "status": "active"}, {"id": 2, "name": "b"}]',
    "addresses of interfaces": '["00:1a:2b:3c:4d:5e", "00:1a:2b:3c:4d:5f"]',
    "short hexadecimal": '["12-34-56-78-9a"]',
    "keys of a key-value store": '{"request_id": "x", "lease_id": "", "data": {"keys": ["foo/", "bar"]}}',
    "a secret with a certificate in name only": '{"request_id": "x", "data": {"certificate": "hello", "foo": "bar"}}',
    "diplomas": '[{"id": "https://api.example.com/certificates/12", "title": "Diploma"}]',
    "a shop's orders": '{"orders": [{"id": 1, "sku": "x"}], "page": {"total": 1}}',
    "a school's certificates": '{"certificates": [{"id": 1, "serial": "x"}], "more_results": false}',
    "a JSON object of two words": '{"Certificate": "x", "Chain": []}',
    "a page of another API": '{"count": 2, "next": null, "results": [{"id": 1, "url": "https://x/api/foo/1/"}]}',
    "a dump of another Django": '[{"model": "auth.user", "pk": 1, "fields": {}}]',
    "incidents": '{"result": [{"sys_id": "a", "number": "INC1", "short_description": "x"}]}',
    "search results": '{"total_count": 1, "items": [{"id": 1, "name": "a"}]}',
    "a notebook": '{"cells": [], "metadata": {}, "nbformat": 4}',
    "pets": "id;name;owner\n1;rex;bob\n2;minka;eve\n",
    "packages": "name,version,owner\nrequests,2.31,ken\nflask,3,armin\n",
    "staff without a status": "EmpID,Employee_Name,Dept\n1,a,b\n",
    "accounts an audit found": "DistinguishedName,SamAccountName,Enabled,Ignored\n,a,True,False\n",
    "objects an audit found": "DistinguishedName,ObjectClass,EventTimestamp\n,computer,2025-05-28 12:57\n",
    "accounts to be made": "Name,SamAccountName,UserPrincipalName,Password\na,a,a@x.example,secret\n",
    "requests of another CA": "Serial Number,Common Name,Expires\n1,a,b\n",
    "prose about names": "dn: the abbreviation for distinguished name\nand more of it\n",
    "prose about nginx": "# How to\n\n```\nserver {\n    listen 443 ssl;\n    server_name a.example;\n}\n```\n",
    "prose about Apache": "To serve it:\n\n```\n<VirtualHost *:443>\nSSLEngine on\n</VirtualHost>\n```\n",
    "Kubernetes without certificates": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n",
    "Compose": 'version: "3"\nservices:\n  web:\n    image: nginx\n',
    "HAProxy": "frontend x\n    bind *:443 ssl crt /etc/x.pem\n",
    "Dovecot": "ssl_cert = </etc/x.pem\nservice imap {\n}\n",
    "a pool of an F5": "ltm pool /Common/p {\n    members { }\n}\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
}


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_nobody_claims_it(text):
    assert [source.name for source in SOURCES if source.signature.matches(Head(text.encode()))] == []
