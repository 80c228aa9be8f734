"""Where a file lies, and which file a configuration means: paths as names that two exports can share (`Alias`).

A path means something on one server only. A configuration read at its own place (``/etc/nginx/...``) and a
certificate read at its own (``/etc/ssl/...``) lie on the same machine. In a copy of a server's files
(``copies/web1/etc/nginx/...``, or an archive with ``etc/nginx/...`` in it) the root of that server is where the copy
begins, and its paths are meant below it: two copies side by side keep their certificates apart. A configuration whose
server cannot be told from where it lies names a file nobody else can mean; its places stay unresolved.
"""

from __future__ import annotations

import os.path
import posixpath
import re

from certanalytics.sources._reading.export import Export

_SETTINGS = (
    r"(?:(?:/usr/local|/usr/pkg|/opt/homebrew)?/etc/(?:nginx|apache2?|httpd|letsencrypt|openresty|angie)"
    r"|/usr/local/(?:nginx|openresty/nginx|apache2?|httpd)/conf)"
)
_SERVER = re.compile(rf"(?P<root>.*?)(?P<settings>{_SETTINGS})/(?!.*{_SETTINGS}/)")
"""The folder a server keeps its settings in, and what stands before it; the last one of a path that holds several."""


def place(export: Export) -> str:
    """Where an export lies, as an absolute path; a member of an archive stands below the archive and ``!``."""
    path = os.path.abspath(export.path).replace(os.sep, "/")  # noqa: PTH100 - links stay, servers name them so
    if export.member is not None:
        path = f"{path}!{posixpath.normpath('/' + export.member)}"
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def alias_of(export: Export) -> str:
    """The name under which a configuration on the same server means this file."""
    return f"path:{place(export)}"


def alias_meant(export: Export, path: str, directory: str | None = None) -> str:
    """The name of the file a configuration means by a path.

    Args:
        export: The configuration.
        path: The path as it stands there.
        directory: Where relative paths begin, on the server or, with `place`, on this machine; ``None`` if unknown.
    """
    found = _SERVER.match(place(export))
    absolute = path if path.startswith("/") else f"{directory}/{path}" if directory else ""
    if not found or not absolute or re.match(r"[A-Za-z]:", path):
        return f"path:{path} in {place(export)}"
    return f"path:{found['root']}{posixpath.normpath(absolute)}"


def settings_directory(export: Export) -> str | None:
    """The folder of settings an export lies in, as its server has it: ``/etc/nginx``."""
    found = _SERVER.match(place(export))
    return found["settings"] if found else None
