"""Every export that can be read, in one list, most particular first.

Adding a source is one module beside this one and one line below.
"""

from __future__ import annotations

from certanalytics.sources._export import DAMAGED, Export, exports
from certanalytics.sources._signature import Head
from certanalytics.sources._source import Source
from certanalytics.sources.apache import apache_config
from certanalytics.sources.caddy import caddy_storage
from certanalytics.sources.certbot import certbot_link, certbot_renewal
from certanalytics.sources.certificate_files import certificate_file
from certanalytics.sources.crtsh import crtsh_json
from certanalytics.sources.ct_get_entries import ct_get_entries
from certanalytics.sources.digicert import digicert_orders_csv, digicert_orders_json
from certanalytics.sources.key_stores import java_key_store, pkcs12_store
from certanalytics.sources.nginx import nginx_config
from certanalytics.sources.nmap import nmap_xml
from certanalytics.sources.owners import mapped_owners, owners_csv
from certanalytics.sources.servicenow import servicenow_groups, servicenow_servers, servicenow_users
from certanalytics.sources.sslyze import sslyze_json
from certanalytics.sources.testssl import testssl_csv, testssl_json, testssl_json_pretty

SOURCES: tuple[Source, ...] = (
    sslyze_json,
    nmap_xml,
    testssl_json_pretty,
    testssl_json,
    testssl_csv,
    ct_get_entries,
    crtsh_json,
    digicert_orders_json,
    digicert_orders_csv,
    servicenow_servers,
    servicenow_users,
    servicenow_groups,
    owners_csv,
    nginx_config,
    apache_config,
    certbot_renewal,
    certbot_link,
    caddy_storage,
    java_key_store,
    pkcs12_store,
    certificate_file,
)
"""The sources; no file matches more than one of them (a test)."""

__all__ = ["DAMAGED", "SOURCES", "Export", "Source", "exports", "mapped_owners", "recognise"]


def recognise(export: Export, more: tuple[Source, ...] = ()) -> Source | None:
    """The source an export belongs to, told by its first bytes; ``None`` if none knows it.

    Args:
        export: The export.
        more: Sources the user described, asked first (a mapped owners' CSV).
    """
    head = Head(export.head)
    return next((source for source in (*more, *SOURCES) if source.signature.matches(head)), None)
