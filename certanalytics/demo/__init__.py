"""The synthetic enterprise: real DER certificates in the true export shapes of the real tools.

`build` writes eighteen months of exports of the fictional Meridian Group: sslyze, nmap and
testssl.sh scans, Certificate Transparency entries, a crt.sh search, CertCentral orders, Venafi and F5
listings, Caddy's storage, revocation lists, PEM files, DNS zones, ServiceNow tables, an ownership list and
a directory of people at two moments. The faults an analyst must find are planted, and listed in a truth
table that lies beside the exports. The same seed writes the same bytes.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import Random

from certanalytics.demo.clock import AS_OF, DIRECTORY_EXPORTS
from certanalytics.demo.exports import (
    caddy,
    certcentral,
    certificate_files,
    directory,
    dns,
    f5,
    nmap,
    ownership,
    revocation,
    sslyze,
    testssl,
    transparency,
    venafi,
)
from certanalytics.demo.policy import PACK, REGISTER, write_policy
from certanalytics.demo.truth import Truth, truth
from certanalytics.demo.world import world
from certanalytics.errors import UsageError

__all__ = ["AS_OF", "EXPORTS", "PACK", "POLICY", "REGISTER", "SEED", "TRUTH", "Truth", "build", "collected"]

SEED = 1816
"""The enterprise of the documentation."""
EXPORTS = "exports"
"""The folder to load, below the one given to `build`."""
DIRECTORY = "directory"
"""The folder below it with the directory of people, a folder an export, named after its day."""
POLICY = "policy"
"""The folder beside it with the group's control pack (`PACK`) and its attestations (`REGISTER`)."""
TRUTH = "truth.json"
"""The truth table, beside the exports, so that loading them does not read the answers."""


def build(folder: Path, *, seed: int = SEED) -> Truth:
    """Write the exports of the synthetic enterprise, and what must be found in them.

    Args:
        folder: An empty folder, or one to be made. The exports go below ``exports/``, the group's policy
            below ``policy/``, the truth into ``truth.json``. Files carry the time of their export as modification time.
        seed: Another seed is another enterprise with the same faults in the same numbers.

    Returns:
        The truth table at `AS_OF`.

    Raises:
        UsageError: The folder has something in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError("the folder is not empty", where=str(folder), hint="Give an empty folder, or a new one.")
    everything = world(seed)
    exports = folder / EXPORTS
    sslyze.write_scans(exports / "scans" / "sslyze", everything, Random(f"{seed}/sslyze"))
    nmap.write_scans(exports / "scans" / "nmap", everything)
    testssl.write_scans(exports / "scans" / "testssl", everything)
    transparency.write_logs(exports / "ct" / "logs", everything)
    transparency.write_search(exports / "ct", everything, Random(f"{seed}/crtsh"))
    certcentral.write_orders(exports / "ca" / "certcentral", everything, Random(f"{seed}/certcentral"))
    revocation.write_lists(exports / "ca" / "crl", everything, Random(f"{seed}/revocation"))
    revocation.write_answers(exports / "ca" / "ocsp", everything)
    certificate_files.write_files(exports / "files", everything)
    ownership.write_cmdb(exports / "cmdb", everything, Random(f"{seed}/cmdb"))
    ownership.write_list(exports / "cmdb", everything)
    directory.write_snapshots(exports / DIRECTORY, everything, Random(f"{seed}/directory"))
    write_policy(folder / POLICY)
    dns.write_zones(exports / "dns", everything)
    f5.write_configuration(exports / "managers" / "f5", everything)
    venafi.write_certificates(exports / "managers" / "venafi", everything, Random(f"{seed}/venafi"))
    caddy.write_storage(exports / "files" / "caddy", everything)
    answer = truth(everything)
    answer.write(folder / TRUTH)
    return answer


def collected(folder: Path) -> tuple[tuple[Path, datetime], ...]:
    """What to load of a build, in this order, and when the files were collected that do not say so themselves.

    The last part is everything; what has been loaded before is passed over.
    """
    exports = folder / EXPORTS
    earlier = ((exports / DIRECTORY / f"{time:%Y-%m-%d}", time) for time in DIRECTORY_EXPORTS)
    return (*earlier, (exports, AS_OF))
