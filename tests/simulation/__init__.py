"""Simulated nights: the real daemon, contact and machine, on simulated devices with faults, by seed."""
