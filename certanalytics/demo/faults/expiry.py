"""What all ends at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from certanalytics.demo.faults.pool import Pool

ONE_EVENING = {"internal-one-year": 24}
"""Servers whose certificates one script renewed on the evening of a Saturday in June: a year later, on a Sunday, they
all end."""
_THAT_SUNDAY = datetime.fromisoformat("2027-06-13T18:00:00")


def plant(rng: Random, pool: Pool) -> None:
    """Let them end within the five hours it took to issue them."""
    for each in pool.take_all(ONE_EVENING):
        each.ends = _THAT_SUNDAY + timedelta(minutes=rng.randrange(300))
