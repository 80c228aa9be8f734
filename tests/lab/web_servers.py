"""Configurations that serve the lab's certificates: nginx, Apache, certbot, Caddy, and a copy of a whole server."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator

from tests.lab.authority import pem
from tests.lab.provenance import Sample
from tests.lab.truth import Truth

_NGINX = """\
# The main file and a site in one
user www-data;
events { worker_connections 768; }
http {
    include mime.types;
    include /etc/nginx/conf.d/*.conf;
    ssl_certificate /etc/ssl/lab/wildcard.pem;  # for every server below that names none
    server {
        listen 443 ssl default_server;
        listen [::]:443 ssl;
        server_name www.wild.lab.example .wild.lab.example;
        location ~* "^/[a-z]{2}/" { return 301 https://$host/; }
    }
    server {
        listen 443;
        server_name dual.lab.example 'p256.lab.example' ~^(?<name>.+)\\.old\\.lab\\.example$;
        ssl_certificate     /etc/ssl/lab/dual-rsa.pem;
        ssl_certificate     "/etc/ssl/lab/dual-ec.pem";
        content_by_lua_block { if ngx.var.x == "}" then return end -- }
        }
    }
    server { listen 127.0.0.13:8443 quic reuseport; server_name p256.lab.example; ssl_certificate lab/p256.pem; }
    server { listen 9443 ssl; server_name many.lab.example; ssl_certificate /etc/ssl/lab/$ssl_server_name.pem; }
    server { listen 80; server_name plain.lab.example; }
}
mail {
    starttls on;
    server { listen 25; protocol smtp; server_name mail.lab.example; ssl_certificate /etc/ssl/lab/mail.pem; }
}
"""

_DUMP = """\
nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
nginx: configuration file /etc/nginx/nginx.conf test is successful
# configuration file /etc/nginx/nginx.conf:
http {
    include /etc/nginx/sites-enabled/*;
}
# configuration file /etc/nginx/sites-enabled/shop:
server {
    listen 443 ssl;
    server_name rsa2048.lab.example;
    include snippets/lab.conf;
}
# configuration file /etc/nginx/snippets/lab.conf:
ssl_certificate lab/rsa2048.pem;
ssl_certificate_key lab/rsa2048.key;
"""

_APACHE = """\
# Macros, variables, conditions and lines that go on in the next
Define certificates /etc/ssl/lab
Listen 443
Listen 8443 https
<IfModule mod_ssl.c>
<VirtualHost *:443 [::]:443>
    ServerName rsa2048.lab.example
    ServerAlias www.rsa2048.lab.example \\
        *.rsa2048.lab.example
    SSLEngine on
    SSLCertificateFile ${certificates}/rsa2048.pem
    SSLCertificateKeyFile ${certificates}/rsa2048.key
    SSLCertificateChainFile ${certificates}/chain.pem
    <Directory "/var/www/html">
        Require all granted
    </Directory>
</VirtualHost> </IfModule>
<Macro Site $name $port>
<VirtualHost 127.0.0.14:$port>
    ServerName https://$name.lab.example:$port
    SSLCertificateFile "/etc/ssl/lab/$name.pem"
</VirtualHost>
</Macro>
Use Site p384 443
Use Site longvalid 8443
<VirtualHost *:80>
    ServerName plain.lab.example
    SSLCertificateFile /etc/ssl/lab/unused.pem
</VirtualHost>
<IfModule !mod_ssl.c>
    SSLEngine on
</IfModule>
Include conf-enabled/*.conf
"""

_RENEWAL = """\
# renew_before_expiry = 30 days
version = 2.11.0
archive_dir = /etc/letsencrypt/archive/{name}
cert = /etc/letsencrypt/live/{name}/cert.pem
privkey = /etc/letsencrypt/live/{name}/privkey.pem
chain = /etc/letsencrypt/live/{name}/chain.pem
fullchain = /etc/letsencrypt/live/{name}/fullchain.pem

# Options used in the renewal process
[renewalparams]
account = 0123456789abcdef0123456789abcdef
authenticator = webroot
webroot_path = /var/www/html,
server = https://acme-v02.api.letsencrypt.org/directory
key_type = ecdsa
post_hook = systemctl reload nginx
[[webroot_map]]
{name} = /var/www/html
"""


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """One configuration of each, and a server's files in a zip, where what is named is there."""
    yield Sample("nginx/nginx.conf", "the lab", "nginx: http with servers of every kind, and mail"), _NGINX.encode()
    yield Sample("nginx/dump.txt", "the lab", "as `nginx -T` prints it, with what is included"), _DUMP.encode()
    yield Sample("apache/ssl.conf", "the lab", "Apache httpd: virtual hosts, a macro, a variable"), _APACHE.encode()
    caddy = _caddy("ed25519.lab.example")
    yield Sample("caddy/ed25519.lab.example.json", "the lab", "a record of Caddy's storage, after its source"), caddy
    yield (
        Sample("webserver/server.zip", "the lab", "files of one server: nginx, Apache, certbot, Caddy"),
        _server(truth),
    )


def _caddy(name: str) -> bytes:
    directory = "https://acme-v02.api.letsencrypt.org"
    issuer = {
        "url": f"{directory}/acme/cert/03a1",
        "ca": f"{directory}/directory",
        "account": f"{directory}/acme/acct/1",
        "renewal_info": {"suggestedWindow": {"start": "2026-12-24T00:00:00Z", "end": "2026-12-26T00:00:00Z"}},
    }
    return json.dumps({"sans": [name], "issuer_data": issuer}, indent="\t").encode()


def _server(truth: Truth) -> bytes:
    lineage, caddy = "p256.lab.example", "var/lib/caddy/certificates/acme-v02/ed25519.lab.example/ed25519.lab.example"
    live = f"/etc/letsencrypt/live/{lineage}/fullchain.pem"
    site = f"server {{\n listen 443 ssl;\n server_name {lineage};\n ssl_certificate {live};\n}}\n"
    host = (
        "<VirtualHost *:8443>\nServerName p384.lab.example\nSSLEngine on\n"
        "SSLCertificateFile /etc/ssl/lab/p384.pem\n</VirtualHost>\n"
    )
    leaf, issuer = truth.chain("p256")
    packed = io.BytesIO()
    day = (truth.day.year, truth.day.month, truth.day.day, 0, 0, 0)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {
            "etc/nginx/sites-enabled/p256": site.encode(),
            "etc/apache2/sites-enabled/p384.conf": host.encode(),
            "etc/ssl/lab/p384.pem": b"".join(map(pem, truth.chain("p384"))),
            f"etc/letsencrypt/renewal/{lineage}.conf": _RENEWAL.format(name=lineage).encode(),
            f"etc/letsencrypt/archive/{lineage}/fullchain1.pem": pem(truth.chain("expired")[0]) + pem(issuer),
            f"etc/letsencrypt/archive/{lineage}/fullchain2.pem": pem(leaf) + pem(issuer),
            f"etc/letsencrypt/live/{lineage}/fullchain.pem": f"../../archive/{lineage}/fullchain2.pem".encode(),
            f"{caddy}.json": _caddy("ed25519.lab.example"),
            f"{caddy}.crt": b"".join(map(pem, truth.chain("ed25519"))),
        }.items():
            archive.writestr(zipfile.ZipInfo(name, day), content)
    return packed.getvalue()
