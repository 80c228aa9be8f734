"""A machine of the lab's own: loopback only, its own names, ports below 1024 for anybody.

The lab runs itself again inside Linux namespaces (user, network, mount, host name). No packet can
leave, /etc/hosts of the machine is not touched, scanners resolve the lab's names as they would
resolve any, and nothing needs to be root.
"""

from __future__ import annotations

import fcntl
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ENVIRONMENT = Path("/mnt")

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1


def run_inside(arguments: list[str], *, limit: float) -> None:
    """Run ``python -m tests.lab`` with these arguments in fresh namespaces, for at most ``limit`` seconds."""
    unshare = shutil.which("unshare")
    if unshare is None:
        sys.exit("make lab needs unshare (Debian package util-linux)")
    inside = [unshare, "--map-root-user", "--net", "--mount", "--uts"]
    if subprocess.run([*inside, "true"], check=False).returncode:
        sys.exit("make lab needs user namespaces: sysctl kernel.unprivileged_userns_clone=1, or run it as root")
    if subprocess.run([*inside, sys.executable, "-m", "tests.lab", *arguments], timeout=limit, check=False).returncode:
        sys.exit("the lab did not finish; data/samples is as it was")


def furnish(names: Iterable[tuple[str, str]], folder: Path, environment: Path) -> None:
    """Bring the loopback up and give this namespace its hosts file, host name and Python environment.

    Args:
        names: Address and host name of every endpoint.
        folder: Where the hosts file may lie while the lab runs.
        environment: A virtual environment, to be seen as `ENVIRONMENT` only: its programs write their own
            path into what they export.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(control, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 localhost lab\n" + "".join(f"{ip} {host}\n" for ip, host in names))
    for source, target in {hosts: Path("/etc/hosts"), environment: ENVIRONMENT}.items():
        subprocess.run(["mount", "--bind", str(source), str(target)], check=True)
    socket.sethostname("lab")
