"""When certificates are issued, installed and replaced, so that a scan at any time finds the right one.

Automated fleets renew after two thirds of the lifetime, people three to thirty days before the end.
Lifetimes follow the limits of the day: public certificates issued from 2026-03-15 live 199 days
instead of 397 (CA/Browser Forum ballot SC-081v3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from certanalytics.demo.certificates import Level
from certanalytics.demo.clock import AS_OF, FREEZE, clear_of_boundaries
from certanalytics.demo.company import Endpoint
from certanalytics.demo.deployments import Deployment
from certanalytics.demo.keys import KeyKind

SHORTER_LIVES = datetime.fromisoformat("2026-03-15T00:00:00")
LIFE_BEFORE, LIFE_SINCE = 397, 199
SECOND = timedelta(seconds=1)
_LEAD_DAYS = (3, 30)
_BETWEEN_SCANS = timedelta(days=33)
_LEVELS: dict[str, Level] = {"northgate-ov": "OV", "halden-ov": "OV", "ostrava-ov": "OV", "quillon-dv": "DV"}
_APPLIANCE_YEARS = (2017, 2018, 2019, 2021, 2022, 2023, 2024, 2026)
"""First starts of appliances; none of their ten-year certificates ends in 2030 or 2035."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Issue:
    """One certificate to be issued for a deployment.

    Attributes:
        installed_at: When the endpoints begin to serve it; ``None`` if they never do.
        replaced_at: When they stop; ``None`` if they still serve it.
        endpoints: Where it is served until then.
        lagging: Where it is still served after that.
    """

    deployment: Deployment
    authority: str | None
    level: Level | None
    key: KeyKind
    not_before: datetime
    not_after: datetime
    installed_at: datetime | None = None
    replaced_at: datetime | None = None
    endpoints: tuple[Endpoint, ...] = ()
    lagging: tuple[Endpoint, ...] = ()

    def places(self, time: datetime) -> tuple[Endpoint, ...]:
        """The endpoints that serve it at a time."""
        if self.installed_at is None or time < self.installed_at:
            return ()
        return self.endpoints if self.replaced_at is None or time < self.replaced_at else self.lagging

    def is_served(self, time: datetime) -> bool:
        """Whether an endpoint serves it at a time."""
        return bool(self.places(time))


def schedule(rng: Random, deployment: Deployment) -> list[Issue]:
    """The certificates of one deployment, oldest first.

    No end falls close to `certanalytics.demo.clock.AS_OF` or a horizon, unless it is planted.
    """
    while True:
        starts = _starts(rng, deployment)
        issues = _issues(rng, deployment, starts)
        if all(clear_of_boundaries(issue.not_after) for issue in issues if issue.not_after != deployment.ends):
            return issues


def _starts(rng: Random, deployment: Deployment) -> list[datetime]:
    """When each certificate of the present practice begins, oldest first."""
    last = _last_start(rng, deployment)
    starts = [last]
    if deployment.endpoints and deployment.fleet.practice != "appliance":
        while before := _previous(rng, deployment, starts[0], is_last=len(starts) == 1):
            starts.insert(0, before)
    return starts


def _last_start(rng: Random, deployment: Deployment) -> datetime:
    practice = deployment.fleet.practice
    if deployment.ends:
        life = deployment.lifetime or deployment.fleet.lifetime
        if life is None:
            life = LIFE_SINCE if deployment.ends - timedelta(days=LIFE_SINCE) >= SHORTER_LIVES else LIFE_BEFORE
        return deployment.ends - timedelta(days=life) + SECOND
    if practice == "appliance":
        first = datetime.fromisoformat(f"{rng.choice(_APPLIANCE_YEARS)}-02-01T00:00:00")
        return _somewhere(rng, first, first + timedelta(days=200))
    # margins, so that what is new is installed and then scanned before it goes or the story ends
    end = deployment.retired or FREEZE
    if practice == "automatic":
        step = timedelta(days=_step(deployment))
        if deployment.retired:
            return _somewhere(rng, end - step, end - _BETWEEN_SCANS)
        return _somewhere(rng, AS_OF - step, end - step / 60)
    margin = _BETWEEN_SCANS if deployment.retired else timedelta(days=4)
    while True:
        start = _somewhere(rng, end - timedelta(days=deployment.fleet.lifetime or LIFE_BEFORE), end - margin)
        if _not_after(deployment, start) > end + timedelta(days=rng.randint(*_LEAD_DAYS)):
            return start


def _previous(rng: Random, deployment: Deployment, start: datetime, *, is_last: bool) -> datetime | None:
    """When the certificate before began; ``None`` if there was none under this practice."""
    if deployment.fleet.practice == "automatic":
        before = start - timedelta(days=_step(deployment), minutes=rng.randrange(300))
        return before if before >= deployment.since else None
    if start <= deployment.since:
        return None
    lead = timedelta(days=rng.randint(*_LEAD_DAYS), minutes=rng.randrange(1440))
    late_by = deployment.last_renewal.late_by
    if is_last and late_by:
        lead = -late_by
    life = deployment.fleet.lifetime
    if life is None:
        recent = start - timedelta(days=LIFE_SINCE) + lead
        life = LIFE_SINCE if recent >= SHORTER_LIVES else LIFE_BEFORE
    return start - timedelta(days=life) + lead


def _issues(rng: Random, deployment: Deployment, starts: list[datetime]) -> list[Issue]:
    fleet = deployment.fleet
    delay = timedelta(hours=3) if fleet.practice == "automatic" else timedelta(hours=60)
    installed = [start + delay * rng.random() for start in starts]
    before = deployment.last_renewal.key_before or deployment.key
    keys: list[KeyKind] = [*(before for _ in starts[1:]), deployment.key]
    ends = [_not_after(deployment, start) for start in starts]
    if deployment.ends:
        ends[-1] = deployment.ends
    planned: list[tuple[str | None, Level | None, KeyKind, datetime, datetime, datetime | None]] = [
        (deployment.authority, fleet.level, key, start, end, install)
        for key, start, end, install in zip(keys, starts, ends, installed, strict=True)
    ]
    if deployment.predecessor:
        first = installed[0] - timedelta(days=rng.randrange(60, 180))
        end = first + timedelta(days=_public_life(first)) - SECOND
        key: KeyKind = rng.choice(("RSA-2048", "P-256", "P-256", "P-256"))
        planned.insert(0, (deployment.predecessor, _LEVELS[deployment.predecessor], key, first, end, first + delay))
    if deployment.waiting_since:
        start = deployment.waiting_since
        planned.append((deployment.authority, fleet.level, deployment.key, start, _not_after(deployment, start), None))
    replacements = [install for *_, install in planned[1:]] + [None]
    lagging = deployment.last_renewal.lagging
    last = len(planned) - 1
    return [
        Issue(
            deployment=deployment,
            authority=authority,
            level=level,
            key=key,
            not_before=start,
            not_after=end,
            installed_at=install if deployment.endpoints else None,
            replaced_at=replaced or deployment.retired,
            endpoints=tuple(each for each in deployment.places if place < last or each not in lagging),
            lagging=lagging if place == last - 1 else (),
        )
        for place, ((authority, level, key, start, end, install), replaced) in enumerate(
            zip(planned, replacements, strict=True)
        )
    ]


def _not_after(deployment: Deployment, start: datetime) -> datetime:
    life = deployment.fleet.lifetime or _public_life(start)
    return start + timedelta(days=life) - SECOND


def _public_life(start: datetime) -> int:
    return LIFE_SINCE if start >= SHORTER_LIVES else LIFE_BEFORE


def _step(deployment: Deployment) -> int:
    return round((deployment.fleet.lifetime or LIFE_SINCE) * 2 / 3)


def _somewhere(rng: Random, first: datetime, last: datetime) -> datetime:
    return (first + (last - first) * rng.random()).replace(microsecond=0)
