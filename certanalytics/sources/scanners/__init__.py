"""What connects to servers or watches the wire: scanners, monitors, search engines for the internet."""
