"""``python -m certanalytics`` is the command line."""

from certanalytics.cli import main

main()
