"""Reports: a notebook run with checked parameters, read once, written as HTML, PDF, PPTX and XLSX.

The executed notebook is the only source: `document.read` makes a `Document` of it, and every
exporter is a function of that document, so the formats cannot disagree. Adding a format is one
module with ``write(document, to)`` and its name in `specification.Format`.
"""

from certanalytics.report.publication import Published, run

__all__ = ["Published", "run"]
