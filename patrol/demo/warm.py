"""Compiles the shipped rules into the data directory's cache: `python -m patrol.demo.warm`, while others prepare the rest."""

from patrol.config import read_rules
from patrol.settings import Settings
from pipelines.rules import Ruleset

if __name__ == "__main__":
    Ruleset.build(*read_rules(Settings().config))
