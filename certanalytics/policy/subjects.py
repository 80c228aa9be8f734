"""What one row that a control judges can be, and the question that gives such rows."""

from __future__ import annotations

from typing import Literal

Subject = Literal[
    "certificate",
    "issuance",
    "presentation",
    "endpoint",
    "change",
    "renewal",
    "responsibility",
    "contact",
    "domain",
    "request",
    "estate",
    "exception",
]

QUESTIONS = {
    "certificate": "judged_certificates",
    "issuance": "judged_issuances",
    "presentation": "judged_presentations",
    "endpoint": "judged_endpoints",
    "change": "judged_changes",
    "renewal": "judged_renewals",
    "responsibility": "judged_responsibilities",
    "contact": "judged_contacts",
    "domain": "judged_domains",
    "request": "judged_requests",
    "estate": "judged_estate",
}
"""The question that gives the rows of each subject; exceptions come from the packs themselves."""

NOUNS = {
    "certificate": ("certificate", "certificates"),
    "issuance": ("issued certificate", "issued certificates"),
    "presentation": ("certificate at an endpoint", "certificates at endpoints"),
    "endpoint": ("endpoint address", "endpoint addresses"),
    "change": ("change at an endpoint", "changes at endpoints"),
    "renewal": ("renewal", "renewals"),
    "responsibility": ("certificate in service", "certificates in service"),
    "contact": ("person named for a certificate", "persons named for certificates"),
    "domain": ("domain", "domains"),
    "request": ("recorded request", "recorded requests"),
    "estate": ("estate", "estates"),
    "exception": ("exception", "exceptions"),
}
"""What one row and several rows of each subject are called."""

OF_NO_UNIT = frozenset({"domain", "estate", "exception"})
"""Subjects whose rows belong to no business unit."""
