"""Files that merely look like an export of ours belong to nobody."""

from __future__ import annotations

import time

import pytest

from certanalytics.errors import DataError
from certanalytics.sources import SOURCES
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.transparency.crtsh import crtsh_json


@pytest.mark.parametrize(
    "content",
    [
        '{"data": {"web": {"status": "up", "protocol": "tcp"}}}',  # ZGrab2 names a target
        '{"certificates": []}',  # an empty answer of a dozen interfaces
        '{"consistency": ["eventual"]}',
        '{"Timestamp": "2026-11-23T00:00:00Z", "DNS": ["192.0.2.53"]}',  # the settings of a network
        'probe_success == 0 and on (instance) probe_ssl_earliest_cert_expiry{job="tls"} < 1',  # a query, no samples
        "# HELP wanted\nprobe_success means that the target answered\n",
        '{"ip": "192.0.2.1", "port": 443, "status": "open"}',
        '[{"host": "www.example.org", "port": 443, "certificate": "valid"}]',
        "host,port,name\nwww.example.org,443,https\n",
        "Renewing\n========\n\n  archive_dir = /x\n  fullchain = /live/a/fullchain.pem\n  [renewalparams]\n",  # prose
        "<report><result><port>443/tcp</port></result></report>",
        "<document><results/></document>",
        "{}",
        "[]",
        "[{}]",
    ],
)
def test_nobody_claims_what_only_looks_alike(content):
    head = Head(content.encode())
    assert [source.name for source in SOURCES if source.signature.matches(head)] == []


@pytest.mark.parametrize(
    "piece", ["[", '{"a":', "<?", "<!--", "<document ", "<report ", '"Timestamp":', "probe_success{"]
)
def test_a_head_of_one_thing_over_and_over_is_looked_at_in_no_time(piece):
    """64 KiB of opening brackets took ten gigabytes, of processing instructions ten seconds."""
    head = Head((piece * 65_536)[:65_536].encode())
    started = time.process_time()
    assert [source.name for source in SOURCES if source.signature.matches(head)] == []
    assert time.process_time() - started < 5


@pytest.mark.parametrize("nest", ["[", '{"a": ', "[\n"])
def test_json_that_nests_without_end_is_an_error_in_words(written, nest):
    with pytest.raises(DataError, match="nested"):
        list(crtsh_json.read(written(nest * 20_000)))
