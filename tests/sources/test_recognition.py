"""Of all shared samples exactly these are known by the CT, manager, ownership and file sources."""

from __future__ import annotations

import collections

import pytest

from certanalytics.sources._reading.export import Export, exports
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.files.certificate_files import certificate_file
from certanalytics.sources.managers.digicert import digicert_orders_csv, digicert_orders_json
from certanalytics.sources.organisation.owners import owners_csv
from certanalytics.sources.organisation.servicenow import servicenow_groups, servicenow_servers, servicenow_users
from certanalytics.sources.transparency.crtsh import crtsh_json
from certanalytics.sources.transparency.ct_get_entries import ct_get_entries

SOURCES = (
    certificate_file,
    crtsh_json,
    ct_get_entries,
    digicert_orders_csv,
    digicert_orders_json,
    owners_csv,
    servicenow_groups,
    servicenow_servers,
    servicenow_users,
)

EXPECTED = {
    "ct/crtsh_json/ronin_example_org.json": "crtsh-json",
    "ct/rfc6962_get_entries/calidog_single_x509.json": "ct-get-entries",
    "ct/rfc6962_get_entries/ctgo_client_precert_and_cert.json": "ct-get-entries",
    "ct/rfc6962_get_entries/live_ct_snapshot.json": "ct-get-entries",
    "ct/rfc6962_get_entries/live_google_argon2026h2.json": "ct-get-entries",
    "ct/rfc6962_other_endpoints/ctgo_GetEntryAndProofResp.json": "ct-get-entries",
    "managers/digicert_certcentral/certificate_request.json": "digicert-orders-json",
    "managers/digicert_certcentral/certificate_request_pending.json": "digicert-orders-json",
    "managers/digicert_certcentral/order.json": "digicert-orders-json",
    "managers/digicert_certcentral/orders.json": "digicert-orders-json",
    "managers/digicert_certcentral/ssl_ev_order.json": "digicert-orders-json",
    "ownership/servicenow_table_api/cmdb_ci_server.json": "servicenow-servers",
    "ownership/servicenow_table_api/sys_user.json": "servicenow-users",
    "ownership/servicenow_table_api/sys_user_group.json": "servicenow-groups",
    "ownership/servicenow_table_api/sys_user_offset500.json": "servicenow-users",
}
CERTIFICATE_FILES = {
    "managers/certbot_etc_letsencrypt": 9,
    "managers/certbot_testdata": 12,
    "managers/digicert_certcentral": 1,
    "managers/f5_bigip": 1,
    "managers/pkcs7_bundles": 2,
    "scan/_lab_truth": 28,
}


@pytest.mark.shared
def test_exactly_the_right_samples_are_known(shared):
    root = shared / "samples"
    known: dict[str, str] = {}
    looked_at = 0
    for export in exports(root):
        assert isinstance(export, Export)
        looked_at += 1
        head = Head(export.head)
        names = [source.name for source in SOURCES if source.signature.matches(head)]
        assert len(names) < 2, export.label
        if names:
            known[str(export.path.relative_to(root))] = names[0]
    assert looked_at > 580
    files = {path for path, name in known.items() if name == "certificate-file"}
    assert {path: name for path, name in known.items() if path not in files} == EXPECTED
    assert collections.Counter("/".join(path.split("/")[:2]) for path in files) == CERTIFICATE_FILES
    assert all(path.endswith((".pem", ".crt", ".der", ".p7b")) for path in files)
