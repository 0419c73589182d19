"""`config/roles.yml`: what each role may do."""

from pathlib import Path

from patrol.config import faults
from patrol.config.document import Document, maybe_read
from patrol.errors import ManyErrors, PatrolError
from patrol.models import Permission, Role

Roles = dict[Role, frozenset[Permission]]


def read_roles(path: Path) -> Roles:
    """Permissions of every role. Raises `ManyErrors` with all faults at once."""
    problems: list[PatrolError] = []
    roles = roles_found(path, problems)
    if problems:
        raise ManyErrors(problems)
    return roles


def roles_found(path: Path, problems: list[PatrolError]) -> Roles:
    """Permissions of the roles that are written well; what is wrong is added to `problems`."""
    document = maybe_read(path, problems)
    if document is None:
        return {}
    known = {role.value for role in Role}
    problems += [
        faults.UnknownRole(document.where_key(role), role, known)
        for role in document.values
        if role not in known
    ]
    problems += [
        faults.MissingRole(document.where(), role) for role in known - set(document.values)
    ]
    return {
        Role(role): frozenset(_permissions(document, role, problems))
        for role in document.values
        if role in known
    }


def _permissions(document: Document, role: str, problems: list[PatrolError]) -> list[Permission]:
    written = document.values[role]
    if not isinstance(written, list):
        said = "it should be a list, such as [one, two]"
        problems.append(faults.BadValue(document.where(role), role, said, None))
        return []
    known = {permission.value for permission in Permission}
    problems += [
        faults.UnknownPermission(document.where(role, place), str(name), known)
        for place, name in enumerate(written)
        if name not in known
    ]
    return [Permission(name) for name in written if name in known]
