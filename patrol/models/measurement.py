"""What a bench found, beside its peer in the same run."""

import operator
import re
from collections.abc import Callable, Mapping

from pydantic import ConfigDict

from patrol.models.base import Model, Moment, Name

_CLAUSE = re.compile(r"(\w+) (at least|at most|under|over) ([\d,.]*\d)(?: .*)?")
_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "at least": operator.ge,
    "at most": operator.le,
    "under": operator.lt,
    "over": operator.gt,
}


class Machine(Model):
    """Where it ran, and what else ran there. A figure without it says nothing."""

    cpu: str
    cores: int
    """That this process may use."""
    memory_gb: float
    load_before: float
    """Processes that wanted to run, over the last minute."""
    load_after: float


class Measurement(Model):
    """One bench: read `ratio`, not `figure`, unless the machine is yours. Further numbers have names of their own."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, float]

    name: Name
    figure: float
    unit: str
    peer_name: str
    """What did comparable work in the same run."""
    peer: float
    ratio: float
    goal: str
    """Clauses such as `ratio at least 0.8, megabytes under 300`: names of this object or of its settings."""
    settings: dict[str, str | int | float | bool]
    versions: dict[str, str]
    machine: Machine
    measured_at: Moment

    def missed(self) -> list[str]:
        """Clauses of the goal that do not hold. Raises `ValueError` for one that cannot be read."""
        return [clause for clause in self.goal.split(", ") if not self._holds(clause)]

    def _holds(self, clause: str) -> bool:
        name, relation, number = clause_of(clause)
        value = getattr(self, name, self.settings.get(name))
        if not isinstance(value, int | float):
            raise ValueError(f"the goal `{clause}` names `{name}`, which was not measured")  # noqa: TRY004
        return _HOLDS[relation](value, number)


def clause_of(clause: str) -> tuple[str, str, float]:
    """Name, relation and number of a goal's clause. Raises `ValueError`."""
    read = _CLAUSE.fullmatch(clause)
    if read is None:
        raise ValueError(f"the goal `{clause}` is not like `ratio at least 0.8`")
    return read[1], read[2], float(read[3].replace(",", ""))
