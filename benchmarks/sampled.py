"""Where the time of some work goes, by a look every millisecond of processor time at what this process is doing."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

Stack = tuple[str, ...]
"""Modules and functions of this package that are at work, as ``module.function``, the innermost first."""


def sampled(work: Callable[[], object]) -> tuple[float, list[Stack]]:
    """Seconds of processor time the work took, and what each look saw; work in other processes is not seen."""
    seen: list[Stack] = []
    signal.signal(signal.SIGPROF, lambda _number, frame: seen.append(tuple(_names(frame))))
    begun = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)
    try:
        work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - begun, seen


def _names(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if "certanalytics" in path.parts:
            yield f"{path.stem}.{frame.f_code.co_name}"
        frame = frame.f_back
