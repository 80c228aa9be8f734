"""The group's own policy, beside its exports: a pack of controls filled in, exceptions, and what is vouched for.

The pack is the shipped one for an organisation's own policy, copied and filled in as its first lines ask for; what is
left open there is not stated, and not judged.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.company import UNITS
from certanalytics.demo.exports._files import write

PACK, REGISTER = "meridian.toml", "attestations.toml"
PARAMETERS: dict[str, int | tuple[str, ...]] = {
    "approved_public_cas": (
        "Larkspur Trust",
        "Northgate Certification",
        "Halden Secure",
        "Corvine Digital",
        "Quillon PKI",
    ),
    "approved_private_cas": ("Meridian Group",),
    "min_rsa_bits": 2048,
    "min_ec_bits": 256,
    "max_days_public": 200,
    "max_days_private": 730,
    "own_domains": ("meridian.example", "meridianpay.example", "meridian-labs.example"),
    "wildcard_domains": ("meridian.example",),
    "max_names": 20,
    "max_domains": 3,
    "owner_required_environments": ("Production",),
}
"""What the group has decided. One of its six public CAs was never approved, and no internal domain is named."""

_SHIPPED = Path(__file__).parents[1] / "policy" / "packs" / "organisation.toml"
_WRITTEN = AS_OF.replace(hour=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """An exception that was granted."""

    id: str
    control: str
    applies_to: str
    reason: str
    granted_by: str
    granted_on: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What somebody vouches for."""

    requirement: str
    statement: str
    by: str
    on: date
    valid_until: date
    evidence: str


EXEMPTIONS = (
    Exemption(
        id="EX-2026-03",
        control="ORG-NAM-2",
        applies_to=f"list_contains(registered_domains, '{UNITS['Payments']}')",
        reason="The payment platform cannot be given single names before its replacement.",
        granted_by="Chief information security officer",
        granted_on=date.fromisoformat("2026-03-02"),
        until=date.fromisoformat("2027-02-28"),
    ),
    Exemption(
        id="EX-2025-11",
        control="ORG-KEY-1",
        applies_to="issuer_cn = 'Meridian Server CA 1'",
        reason="Old controllers in the depots cannot take longer keys; they are replaced in the first half of 2026.",
        granted_by="Chief information security officer",
        granted_on=date.fromisoformat("2025-11-17"),
        until=date.fromisoformat("2026-06-30"),
    ),
)
"""One that covers every wildcard it has to, and one that ran out while the keys it was for are still in service."""

ATTESTATIONS = (
    Attestation(
        requirement="GOV-1",
        statement="The certificate policy was approved by the board and is reviewed every spring.",
        by="Group secretary",
        on=date.fromisoformat("2026-04-14"),
        valid_until=date.fromisoformat("2027-04-30"),
        evidence="Minutes 2026-04",
    ),
    Attestation(
        requirement="AGI-2",
        statement="There is a plan for replacing every certificate of one CA.",
        by="Head of operations",
        on=date.fromisoformat("2026-09-01"),
        valid_until=date.fromisoformat("2027-03-01"),
        evidence="Runbook 31",
    ),
    Attestation(
        requirement="SVC-4",
        statement="Owners, approvers and executives were trained.",
        by="Head of personnel",
        on=date.fromisoformat("2025-09-15"),
        valid_until=date.fromisoformat("2026-09-30"),
        evidence="Course list 2025",
    ),
)
"""Two that count, and one that ran out two months ago."""


def write_policy(folder: Path) -> None:
    """Write the pack and the register."""
    write(folder / PACK, _pack().encode(), _WRITTEN)
    entries = [_table("attestation", entry) for entry in ATTESTATIONS]
    write(folder / REGISTER, "\n".join(entries).encode(), _WRITTEN)


def _pack() -> str:
    shipped = _SHIPPED.read_text("utf-8")
    _, marker, rest = shipped.partition("[parameters]\n")
    stated, _, controls = rest.partition("\n[[control]]")
    controls = controls.partition("\n# An exception, as it would be written")[0]
    lines = [_filled_in(line) for line in stated.splitlines()]
    head = (
        'name = "meridian"\n'
        'title = "Certificate policy of the Meridian Group"\n'
        'about = "What the group decided on certificates, and the exceptions it granted."\n\n'
    )
    exceptions = "\n".join(_table("exception", exemption) for exemption in EXEMPTIONS)
    return f"{head}{marker}" + "\n".join(lines) + f"\n\n[[control]]{controls}\n{exceptions}"


def _filled_in(line: str) -> str:
    """A line of the parameters with the group's value, or as it was without the example behind it."""
    name = line.partition(" = ")[0]
    return f"{name} = {json.dumps(PARAMETERS[name])}" if name in PARAMETERS else line.partition("  #")[0].rstrip()


def _table(name: str, entry: Exemption | Attestation) -> str:
    """One table of an array of tables, TOML: days as they are, all else as strings."""
    said = {
        key: value.isoformat() if isinstance(value, date) else json.dumps(value) for key, value in asdict(entry).items()
    }
    return "\n".join([f"[[{name}]]", *(f"{key} = {value}" for key, value in said.items()), ""])
