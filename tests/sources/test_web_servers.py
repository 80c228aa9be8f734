from __future__ import annotations

import json

import pytest

from certanalytics import connect, model
from certanalytics.sources import exports, recognise


def opened(path):
    (export,) = exports(path)
    return export


def read(export, source):
    assert recognise(export).name == source
    return list(recognise(export).read(export))


def served(found):
    return [
        (row.host, row.ip, row.port, row.starttls, row.resource) for row in found if isinstance(row, model.Sighting)
    ]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "source", "expected"),
    [
        (
            "79-configs__site-3874",
            "nginx-config",
            [
                (f"{name}random7267.example.org", None, 443, None, "/etc/ssl/public/random7267.example.org_chained.crt")
                for name in ("", "www.")
            ],
        ),
        (
            "dokuwiki__nginx.conf",
            "nginx-config",
            [("wiki.host.org", None, 443, None, "/etc/ssl/certs/ssl-cert-snakeoil.pem")],
        ),
        (
            "etc_nginx__sites-enabled__both.com",
            "nginx-config",
            [("ssl.both.com", None, 5001, None, "cert.pem"), ("*.both.com", None, 5001, None, "cert.pem")],
        ),
        ("etc_nginx__sites-enabled__sslon.com", "nginx-config", [("sslon.com", None, None, None, "snakeoil.cert")]),
        ("79-configs__site-15291", "nginx-config", []),
        (
            "apache_passing__ipv6-1143b.conf",
            "apache-config",
            [
                (name, None, 443, None, "/etc/ssl/certs/ssl-cert-snakeoil.pem")
                for name in ("example.com", "www.example.com")
            ],
        ),
        (
            "apache_passing__two-blocks-one-line-1693.conf",
            "apache-config",
            [("somethingnewentertainment.com", None, 443, None, "/etc/ssl/certs/ssl-cert-snakeoil.pem")],
        ),
        (
            "debian_apache_2_4__multiple_vhosts__apache2__sites-available__duplicatehttps.conf",
            "apache-config",
            [("duplicate.example.com", "10.2.3.4", 443, None, "/etc/apache2/certs/certbot-cert_5.pem")],
        ),
        ("centos7_apache__apache__httpd__conf.d__ssl.conf", "apache-config", []),
    ],
)
def test_what_real_configurations_serve(sample, file, source, expected):
    assert served(read(sample(f"managers/webserver_configs/{file}"), source)) == expected


@pytest.mark.shared
def test_all_of_the_real_configurations(shared):
    counted = {"nginx-config": [0, 0, 0], "apache-config": [0, 0, 0]}
    for export in exports(shared / "samples/managers/webserver_configs"):
        if source := recognise(export):
            found = list(source.read(export))
            of_kind = counted[source.name]
            of_kind[0] += 1
            of_kind[1] += len(served(found))
            of_kind[2] += sum(isinstance(row, model.Reject) for row in found)
    assert counted == {"nginx-config": [27, 40, 2], "apache-config": [16, 28, 0]}


def test_ssl_on_one_socket_is_ssl_for_all_who_share_it_and_a_variable_is_told(samples):
    found = read(opened(samples / "nginx" / "nginx.conf"), "nginx-config")
    assert ("dual.lab.example", None, 443, None, "/etc/ssl/lab/dual-ec.pem") in served(found)
    assert ("mail.lab.example", None, 25, "smtp", "/etc/ssl/lab/mail.pem") in served(found)
    assert "many.lab.example" not in {host for host, *_ in served(found)}
    assert [row.check_id for row in found if isinstance(row, model.Finding)] == [
        "include-not-followed",
        "certificate-not-in-file",
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("0.0.0.0:443", "443"),
        ("443", "0.0.0.0:443"),
        ("[::0]:443", "[::]:443"),
        ("[2001:DB8::1]:443", "[2001:db8:0::1]:443"),
    ],
)
def test_one_socket_may_be_written_in_several_ways(written, first, second):
    text = (
        f"server {{\n listen {first} ssl;\n server_name a.example;\n ssl_certificate /a.pem;\n}}\n"
        f"server {{\n listen {second};\n server_name b.example;\n ssl_certificate /b.pem;\n}}\n"
    )
    assert [host for host, *_ in served(read(written(text), "nginx-config"))] == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("as_written", "path"),
    [
        (r"C:\\Certs\\a.pem", r"C:\Certs\a.pem"),
        (r'"C:\Certs\a.pem"', r"C:\Certs\a.pem"),
        (r'"C:\\Certs\\new\\a.pem"', r"C:\Certs\new\a.pem"),
        (r"'/etc/ssl/\'a\'.pem'", "/etc/ssl/'a'.pem"),
    ],
)
def test_nginx_takes_few_backslashes_off(written, as_written, path):
    text = f"server {{\n listen 443 ssl;\n ssl_certificate {as_written};\n}}\n"
    assert [row[4] for row in served(read(written(text), "nginx-config"))] == [path]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("server {\n listen 443 ssl;\n", "'server' is not closed"),
        ("server { listen 443 ssl; }\n}\n", "closes what was not opened"),
        ('server {\n listen 443 ssl;\n server_name "a;\n}\n', "a quote is not closed"),
        ("server {\n listen 443 ssl;\n root /x\n}\n", "without its semicolon"),
        ("<VirtualHost *:443>\nSSLEngine on\n", "<virtualhost> is not closed"),
        ("<VirtualHost *:80>\n</VirtualHost>\n</IfModule>\n", "closes what was not opened"),
        ("<VirtualHost *:80>\nUse Nowhere x\n</VirtualHost>\n", "is not defined in this file"),
        ("<Macro a>\nUse a\n</Macro>\n<VirtualHost *:80>\nUse a\n</VirtualHost>\n", "used inside itself"),
    ],
)
def test_broken_configurations(written, text, reason):
    export = written(text)
    found = list(recognise(export).read(export))
    assert any(isinstance(row, model.Reject) and reason in row.reason for row in found)
    assert served(found) == []


@pytest.mark.parametrize(
    "text",
    [
        "$TTL 3600\n@ IN SOA ns. root. ( 1 ; serial\n 2 3 4 5 )\nserver IN A 192.0.2.1 ; server { listen 1; }\n",
        'options {\n listen-on port 53 { any; };\n};\nserver 192.0.2.1 {\n keys { "k"; };\n};\n',
        "dn: cn=a,dc=example\ncn: server {\n listen 443;\n",
        '# HELP up x\nup{job="server"} 1\n',
        '[server]\nlisten = "443"\n',
        "example.com {\n\ttls internal\n}\n",
        "<VirtualHost 192.0.2.1>\nTLSEngine on\nTLSRSACertificateFile /etc/ssl/x.pem\n</VirtualHost>\n",
        '{"server": "server {\\n listen 443 ssl;"}',
        "Some text.\n\n```\n<VirtualHost *:443>\n</VirtualHost>\n```\n",
    ],
)
def test_other_texts_are_no_configurations_of_web_servers(written, text):
    source = recognise(written(text))
    assert source is None or source.name not in {"nginx-config", "apache-config"}


def test_what_lies_in_one_copy_of_a_server_fits_together(samples):
    with connect(":memory:") as estate:
        estate.load(samples / "webserver")
        held = dict(
            estate.rows(
                "SELECT s.host, m.certificate FROM sighting AS s JOIN alias_meaning(TIMESTAMP '2100-01-01') AS m "
                "ON m.identity = s.certificate WHERE s.kind = 'config'"
            )[1]
        )
        recorded = estate.rows(
            "SELECT r.system, m.certificate FROM record AS r JOIN alias_meaning(TIMESTAMP '2100-01-01') AS m "
            "ON m.identity = r.certificate ORDER BY ALL"
        )[1]
    truth = {row["pem"]: row["sha256"] for row in json.loads((samples / "truth/truth.json").read_text())["endpoints"]}
    assert held == {f"{name}.lab.example": truth[f"{name}.pem"][0] for name in ("p256", "p384")}
    assert recorded == [("caddy", truth["ed25519.pem"][0]), ("certbot", truth["p256.pem"][0])]


@pytest.mark.parametrize(
    ("folder", "written_path", "alias"),
    [
        ("copies/web1/etc/nginx/sites-enabled", "/etc/ssl/x.pem", "{tmp}/copies/web1/etc/ssl/x.pem"),
        ("copies/web1/etc/nginx/conf.d", "ssl/x.pem", "{tmp}/copies/web1/etc/nginx/ssl/x.pem"),
        ("copies/web1/usr/local/etc/nginx", "/usr/local/etc/ssl/x.pem", "{tmp}/copies/web1/usr/local/etc/ssl/x.pem"),
        ("configs", "/etc/ssl/x.pem", "/etc/ssl/x.pem in {tmp}/configs/site"),
        ("configs", "x.pem", "x.pem in {tmp}/configs/site"),
        ("web1/etc/nginx", "C:/nginx/x.pem", "C:/nginx/x.pem in {tmp}/web1/etc/nginx/site"),
    ],
)
def test_a_path_is_meant_on_the_server_it_was_written_on(tmp_path, folder, written_path, alias):
    site = tmp_path / folder / "site"
    site.parent.mkdir(parents=True)
    site.write_text(f"server {{\n listen 443 ssl;\n ssl_certificate {written_path};\n}}\n")
    (row,) = read(opened(site), "nginx-config")
    assert row.chain == (model.StatedCertificate(alias="path:" + alias.format(tmp=tmp_path)),)
    assert row.resource == written_path


def test_a_certificate_at_its_own_place_is_what_a_configuration_at_its_own_place_means(samples):
    (file,) = exports(samples / "certificates" / "leaf.der")
    (alias,) = (row for row in recognise(file).read(file) if isinstance(row, model.Alias))
    assert alias.alias == f"path:{file.path.absolute()}"


@pytest.mark.shared
def test_what_certbot_says_of_a_lineage_in_full(sample):
    export = sample("managers/certbot_etc_letsencrypt/renewal/c.encryption-example.com.conf")
    (record,) = read(export, "certbot-renewal")
    folder = export.path.parents[1]
    assert record == model.Record(
        locator="renewal",
        system="certbot",
        record_id="c.encryption-example.com",
        certificate=model.StatedCertificate(alias=f"path:{folder}/live/c.encryption-example.com/fullchain.pem"),
        location="sample-config/live/c.encryption-example.com/fullchain.pem",
        attributes=record.attributes,
    )
    assert json.loads(record.attributes) == {
        "version": "1.10.0.dev0",
        "authenticator": "apache",
        "installer": "apache",
        "account": "48d6b9e8d767eccf7e4d877d6ffa81e3",
        "key_type": "ecdsa",
        "elliptic_curve": "secp256r1",
        "archive_dir": "sample-config/archive/c.encryption-example.com",
        "fullchain": "sample-config/live/c.encryption-example.com/fullchain.pem",
    }


def test_certbot_on_windows_has_paths_of_its_own(written):
    text = "".join(
        f"{name} = C:\\Certbot\\{folder}\\www.lab.example{file}\n"
        for name, folder, file in [("archive_dir", "archive", ""), ("fullchain", "live", "\\fullchain.pem")]
    )
    (record,) = read(written(f"version = 2.9.0\n{text}[renewalparams]\nauthenticator = webroot\n"), "certbot-renewal")
    assert (record.record_id, record.location) == ("www.lab.example", r"C:\Certbot\live\www.lab.example\fullchain.pem")


def test_hooks_and_credentials_of_certbot_are_not_kept(samples):
    export = next(each for each in exports(samples / "webserver") if "renewal" in each.label)
    (record,) = read(export, "certbot-renewal")
    told = json.loads(record.attributes)
    assert told["domains"] == ["p256.lab.example"]
    assert not set(told) & {"post_hook", "webroot_path", "privkey"}
