"""An executed notebook as a run leaves it, written by hand: realistic texts, real charts, hostile names."""

import json
from datetime import datetime, timedelta

import nbformat
import pandas as pd

from certanalytics import blocks, charts
from certanalytics.report.document import METADATA, PLOTLY, Provenance
from certanalytics.result import Kpi, Result

AS_OF = datetime(2026, 11, 23, 12, 0)

SCRIPT = "</script><script>alert(1)</script>"
FORMULA = '=HYPERLINK("https://evil.example","open")'
LONG = "a" * 60 + "." + "b" * 60 + "." + "c" * 60 + ".meridian.example"
NON_LATIN = "пример.испытание"
TURNED = "gro.elpmaxe\u202e.example\x07"
HOSTILE = (SCRIPT, FORMULA, LONG, NON_LATIN, "+1+1", "-2+3", "@SUM(1)", '"><img src=x onerror=alert(1)>')

KPIS = (
    Kpi(
        id="in_service",
        label="Certificates in service",
        value=1410,
        sentence="1,410 certificates were presented on 1,982 endpoints in the last 45 days.",
        definition="Distinct end-entity certificates presented by an endpoint in its latest scan.",
    ),
    Kpi(
        id="expired_in_service",
        label="Expired and still served",
        value=17,
        tone="critical",
        sentence="17 certificates have ended and are still presented, 4 of them on critical services.",
        definition="Certificates in service whose notAfter lies before the moment of the report.",
    ),
    Kpi(
        id="ends_in_30",
        label="End within 30 days",
        value=126,
        tone="warning",
        sentence="126 end by 23 December 2026, net of 88 whose successor is already served everywhere.",
        definition="In service, not ended, notAfter at most 30 days ahead, without those already replaced.",
    ),
    Kpi(
        id="without_active_owner",
        label="Without an active owner",
        value=0.141,
        unit="share",
        tone="critical",
        sentence="14.1 % of what is in service has nobody to call: 148 without a name, 51 whose owner has left.",
        definition="Certificates in service whose owner is not stated or not active, of all in service.",
    ),
    Kpi(
        id="weak_keys",
        label="Weak keys",
        value=None,
        sentence="It cannot be told: no key sizes in these data.",
        definition="Certificates in service whose key is weak by the date-effective facts.",
    ),
    Kpi(
        id="top_share",
        label="Share of the largest CA owner",
        value=0.6,
        unit="share",
        tone="good",
        sentence="Aurora Trust issued 60.0 % of what is in service; the effective number of CAs is 2.5.",
        definition="Largest share of certificates in service by CA owner.",
    ),
)

METHOD = (
    "A certificate is in service when an endpoint presented it in its latest scan, no older than 45 days. "
    "It needs action unless a successor with the same names is presented at every one of its endpoints."
)


def make_notebook():
    weeks = [AS_OF + timedelta(weeks=week) for week in range(53)]
    week_frame = pd.DataFrame(
        {
            "week": weeks,
            "without_owner": [(week * 7) % 11 for week in range(53)],
            "owned": [20 + (week * 13) % 17 for week in range(53)],
            "replaced": [(week * 5) % 9 for week in range(53)],
        }
    )
    owners = ["Aurora Trust", "Borealis CA", "Meridian Internal PKI", "Cinder Sign", f"Foo {SCRIPT}", "Delta"]
    issuers = pd.DataFrame({"ca_owner": owners, "certificates": [846, 282, 141, 85, 42, 14]})
    units = pd.DataFrame(
        {
            "business_unit": ["Retail", "Payments", "Corporate", "Logistics", None],
            "none": [60, 8, 31, 12, 37],
            "inactive": [20, 11, 15, 5, 0],
            "owned": [420, 310, 250, 180, 51],
        }
    )
    keys = pd.DataFrame(
        {
            "key_algorithm": ["RSA", "EC", "RSA", "RSA", "EC"],
            "key_bits": [2048, 256, 4096, 1024, 384],
            "key_curve": [None, "secp256r1", None, None, "secp384r1"],
            "certificates": [820, 390, 120, 23, 57],
            "weak": [False, False, False, True, False],
            "reason": [None, None, None, "RSA below 2048 bits", None],
        }
    )
    names = [*HOSTILE, TURNED, *(f"host-{place:03}.retail.meridian.example" for place in range(9, 312))]
    hosts = pd.DataFrame(
        {
            "host": names,
            "not_after": [AS_OF + timedelta(days=place - 17, hours=3) for place in range(312)],
            "days_left": [place - 17 for place in range(312)],
            "issuer_cn": [f"Aurora Trust TLS RSA CA {place % 3}" for place in range(312)],
            "owner": [None if place % 3 else "Ada Lovelace" for place in range(312)],
            "life_left": [place / 400 for place in range(312)],
        }
    )
    columns = {
        "host": ("Host", "text"),
        "not_after": ("Ends", "date"),
        "days_left": ("Days left", "days"),
        "issuer_cn": ("Issuing CA", "text"),
        "owner": ("Owner", "text"),
        "life_left": ("Life left", "share"),
    }
    short = {key: columns[key] for key in ("host", "days_left", "owner")}

    def result(headline):
        return Result(
            name="q", title="A question", headline=headline, as_of=AS_OF, scope=None, frame=hosts,
            kpis={kpi.id: kpi for kpi in KPIS[:2]}, method=METHOD,
            caveats=("Endpoints that no scanner reached are not counted.",),
        )  # fmt: skip

    shown = [
        blocks.cover(
            "TLS certificate risk",
            subtitle="Which certificates will hurt us next, who owns them, and what rests on one supplier",
            scope="business_unit = 'Retail'",
            as_of=AS_OF,
            classification="Confidential",
        ),
        blocks.tiles("17 expired certificates are still served and 199 have nobody to call", KPIS),
        blocks.claim(result("126 certificates end within 30 days and 17 have ended in service")),
        charts.expiry.timeline(week_frame, as_of=AS_OF),
        blocks.table("Expiring", hosts, columns, caption="Certificates to renew, those that ended first"),
        blocks.note("So what", "Four of the 17 are on critical services; renew them this week."),
        blocks.claim(result("One certificate in sixty rests on a key that can be broken")),
        charts.keys.mix(keys, as_of=AS_OF),
        blocks.table("Weak keys", hosts.head(6), short, caption="Certificates with weak keys"),
        blocks.claim(result("Aurora Trust issues 60 % of what is in service")),
        charts.issuers.shares(issuers, as_of=AS_OF),
        blocks.claim(result("Retail holds 80 of the 199 certificates without an active owner")),
        charts.ownership.by_unit(units, as_of=AS_OF),
        blocks.table("Without owner", hosts.iloc[20:], short, caption="Certificates without an active owner"),
        blocks.limits(result("x")),
        blocks.note("Expiry", METHOD, kind="method"),
        blocks.note(
            "Key strength", METHOD + " Weak is what NIST SP 800-57 part 1 gives less than 112 bits.", kind="method"
        ),
    ]
    return noted(shown)


def cell_showing(value, number):
    figure = hasattr(value, "to_plotly_json")
    data = {PLOTLY: json.loads(value.to_json())} if figure else value._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", data=data, execution_count=number)
    return nbformat.v4.new_code_cell(f"cell_{number}", outputs=[output], execution_count=number)


def noted(shown):
    """A notebook whose cells show these values, with the provenance of a run."""
    cells = [cell_showing(value, number) for number, value in enumerate(shown, start=1)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata[METADATA] = Provenance(
        report="executive",
        as_of=AS_OF,
        scope="business_unit = 'Retail'",
        parameters={"scope": "business_unit = 'Retail'", "classification": "Confidential"},
        versions={"certanalytics": "0.1.0", "duckdb": "2.0.0", "python": "3.11.7"},
    ).metadata()
    return notebook
