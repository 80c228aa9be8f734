"""Certificates as they lie on disks, and the configurations that name them."""
