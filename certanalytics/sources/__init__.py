"""Every export that can be read, in one list.

Adding a source is one module in the room it belongs to and one line below.
"""

from __future__ import annotations

from certanalytics.sources._mapped import mapped
from certanalytics.sources._reading.bulk import Bulk, Field, Group, NotPlainError
from certanalytics.sources._reading.export import DAMAGED, Export, exports, files_below
from certanalytics.sources._reading.secrets import may_hold_key, without_keys
from certanalytics.sources._reading.signature import Head
from certanalytics.sources._reading.source import Source
from certanalytics.sources._suggestion import Suggestion, suggest
from certanalytics.sources.files.apache import apache_config
from certanalytics.sources.files.caddy import caddy_storage
from certanalytics.sources.files.certbot import certbot_link, certbot_renewal
from certanalytics.sources.files.certificate_files import certificate_file
from certanalytics.sources.files.key_stores import java_key_store, pkcs12_store
from certanalytics.sources.files.nginx import nginx_config
from certanalytics.sources.managers.adcs_certutil import adcs_certutil_csv
from certanalytics.sources.managers.adcs_certutil_view import adcs_certutil_view
from certanalytics.sources.managers.adcs_pspki import adcs_pspki
from certanalytics.sources.managers.aws import aws_json
from certanalytics.sources.managers.azure_keyvault import azure_keyvault_json
from certanalytics.sources.managers.ciphertrust import ciphertrust_keys
from certanalytics.sources.managers.digicert import digicert_orders_csv, digicert_orders_json
from certanalytics.sources.managers.digicert_discovery import digicert_discovery_json
from certanalytics.sources.managers.digicert_mpki import digicert_mpki_json
from certanalytics.sources.managers.ejbca import ejbca_search
from certanalytics.sources.managers.f5_config import f5_config
from certanalytics.sources.managers.f5_rest import f5_icontrol_rest
from certanalytics.sources.managers.google_cloud import google_cloud_json
from certanalytics.sources.managers.keyfactor import keyfactor_certificates
from certanalytics.sources.managers.kubernetes import kubernetes
from certanalytics.sources.managers.lemur import lemur_certificates
from certanalytics.sources.managers.sectigo import sectigo_report, sectigo_ssl
from certanalytics.sources.managers.ssl_visibility import ssl_visibility_session_log
from certanalytics.sources.managers.step_ca import step_ca_json
from certanalytics.sources.managers.vault_pki import vault_pki_json
from certanalytics.sources.managers.venafi import vcert_json, venafi_certificates_json, venafi_retrieve_json
from certanalytics.sources.managers.venafi_cloud import venafi_cloud_certificates_json, venafi_cloud_requests_json
from certanalytics.sources.organisation.active_directory import active_directory_csv
from certanalytics.sources.organisation.dns_zone import dns_zone
from certanalytics.sources.organisation.hr_csv import hr_csv
from certanalytics.sources.organisation.ldif import ldap_ldif
from certanalytics.sources.organisation.netbox import netbox_rest
from certanalytics.sources.organisation.netbox_dump import netbox_dump
from certanalytics.sources.organisation.owners import owners_csv
from certanalytics.sources.organisation.route53 import route53_json
from certanalytics.sources.organisation.servicenow import (
    servicenow_certificates,
    servicenow_groups,
    servicenow_servers,
    servicenow_users,
)
from certanalytics.sources.scanners.censys import censys_json
from certanalytics.sources.scanners.cipherscan import cipherscan_json
from certanalytics.sources.scanners.httpx import httpx_json
from certanalytics.sources.scanners.nessus import nessus_csv, nessus_xml, tenable_io_csv, tenable_sc_csv
from certanalytics.sources.scanners.nmap import nmap_xml
from certanalytics.sources.scanners.openvas import openvas_csv, openvas_xml
from certanalytics.sources.scanners.osquery import osquery
from certanalytics.sources.scanners.prometheus import prometheus_query, prometheus_text
from certanalytics.sources.scanners.qualys import qualys_vm_csv, qualys_vm_xml
from certanalytics.sources.scanners.qualys_certview import qualys_certview_json
from certanalytics.sources.scanners.shodan import shodan_json
from certanalytics.sources.scanners.ssllabs import ssllabs_json
from certanalytics.sources.scanners.sslscan import sslscan_xml
from certanalytics.sources.scanners.sslyze import sslyze_json
from certanalytics.sources.scanners.sslyze_old import sslyze_json_3, sslyze_xml
from certanalytics.sources.scanners.suricata import suricata_eve
from certanalytics.sources.scanners.testssl import testssl_csv, testssl_json, testssl_json_pretty
from certanalytics.sources.scanners.testssl_log import testssl_log
from certanalytics.sources.scanners.tlsx import tlsx_json
from certanalytics.sources.scanners.zeek import zeek_logs
from certanalytics.sources.scanners.zgrab2 import zgrab2_json
from certanalytics.sources.transparency.ccadb import ccadb_csv
from certanalytics.sources.transparency.certspotter import certspotter_issuances
from certanalytics.sources.transparency.certstream import certstream
from certanalytics.sources.transparency.certwatch import certwatch_csv
from certanalytics.sources.transparency.crtsh import crtsh_json
from certanalytics.sources.transparency.ct_get_entries import ct_get_entries
from certanalytics.sources.transparency.ct_log_answers import ct_get_roots, ct_log_proof
from certanalytics.sources.transparency.ct_log_lists import ct_log_list
from certanalytics.sources.transparency.nss_certdata import nss_certdata
from certanalytics.sources.transparency.revocations import crl, ocsp
from certanalytics.sources.transparency.rootca import rootca_csv
from certanalytics.sources.transparency.static_ct import static_ct_data_tile, static_ct_names_tile

SOURCES: tuple[Source, ...] = (
    # scanners, monitors, search engines
    sslyze_json,
    sslyze_json_3,
    sslyze_xml,
    sslscan_xml,
    nmap_xml,
    testssl_json_pretty,
    testssl_json,
    testssl_csv,
    testssl_log,
    prometheus_query,
    prometheus_text,
    osquery,
    cipherscan_json,
    nessus_xml,
    nessus_csv,
    tenable_sc_csv,
    tenable_io_csv,
    openvas_xml,
    openvas_csv,
    qualys_vm_xml,
    qualys_vm_csv,
    qualys_certview_json,
    zeek_logs,
    suricata_eve,
    tlsx_json,
    httpx_json,
    zgrab2_json,
    ssllabs_json,
    shodan_json,
    censys_json,
    # Certificate Transparency, root programmes, revocation
    ct_get_entries,
    static_ct_data_tile,
    static_ct_names_tile,
    ct_get_roots,
    ct_log_proof,
    ct_log_list,
    crtsh_json,
    certwatch_csv,
    certspotter_issuances,
    certstream,
    ccadb_csv,
    rootca_csv,
    nss_certdata,
    crl,
    ocsp,
    # CAs, managers, clouds, clusters
    ssl_visibility_session_log,
    digicert_orders_json,
    digicert_orders_csv,
    digicert_discovery_json,
    digicert_mpki_json,
    venafi_certificates_json,
    venafi_retrieve_json,
    venafi_cloud_requests_json,
    venafi_cloud_certificates_json,
    vcert_json,
    f5_icontrol_rest,
    f5_config,
    aws_json,
    azure_keyvault_json,
    google_cloud_json,
    kubernetes,
    vault_pki_json,
    step_ca_json,
    adcs_pspki,
    adcs_certutil_csv,
    adcs_certutil_view,
    keyfactor_certificates,
    ejbca_search,
    sectigo_ssl,
    sectigo_report,
    lemur_certificates,
    ciphertrust_keys,
    # certificates and configurations on disks
    nginx_config,
    apache_config,
    certbot_renewal,
    certbot_link,
    caddy_storage,
    java_key_store,
    pkcs12_store,
    certificate_file,
    # what the organisation knows
    servicenow_certificates,
    servicenow_servers,
    servicenow_users,
    servicenow_groups,
    dns_zone,
    route53_json,
    netbox_rest,
    netbox_dump,
    ldap_ldif,
    active_directory_csv,
    hr_csv,
    owners_csv,
)
"""The sources; no file matches more than one of them (a test)."""

__all__ = [
    "DAMAGED",
    "SOURCES",
    "Bulk",
    "Export",
    "Field",
    "Group",
    "NotPlainError",
    "Source",
    "Suggestion",
    "exports",
    "files_below",
    "mapped",
    "may_hold_key",
    "recognise",
    "suggest",
    "without_keys",
]


def recognise(export: Export, more: tuple[Source, ...] = ()) -> Source | None:
    """The source an export belongs to, told by its first bytes; ``None`` if none knows it.

    Args:
        export: The export.
        more: Sources the user described, asked first (a table with a column map).
    """
    head = Head(export.head)
    return next((source for source in (*more, *SOURCES) if source.signature.matches(head)), None)
