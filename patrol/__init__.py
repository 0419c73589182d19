"""Patrol: a workbench for authorized police internet patrols."""
