"""Deployments nothing was done to yet: each theme of faults takes from them, so that no deployment gets two."""

from __future__ import annotations

from random import Random

from certanalytics.demo.deployments import Deployment
from certanalytics.demo.fleets import FLEETS


class Pool:
    """The untouched deployments of every fleet, in an order of their own.

    Services without an owner, or with a departed one, have their share of the faults.
    """

    def __init__(self, rng: Random, deployments: list[Deployment]) -> None:
        self._untouched = {fleet.name: [each for each in deployments if each.fleet is fleet] for fleet in FLEETS}
        for fleet in self._untouched.values():
            rng.shuffle(fleet)

    def take(self, fleet: str, number: int, *, of: tuple[str, ...] = ()) -> list[Deployment]:
        """So many of a fleet, never to be given again; only of some services (by label), if that is asked."""
        untouched = self._untouched[fleet]
        fitting = [each for each in untouched if not of or each.service.label in of]
        taken = fitting[-number:][::-1]
        if len(taken) < number:
            raise ValueError(f"{fleet} has no {number} deployments left")
        self._untouched[fleet] = [each for each in untouched if each not in taken]
        return taken

    def take_all(self, numbers: dict[str, int]) -> list[Deployment]:
        """So many of each fleet."""
        return [each for fleet, number in numbers.items() for each in self.take(fleet, number)]
