"""Which case goes on where several were merged."""

from patrol.register.tables import Case


def goes_on(case: Case) -> int:
    """The number of the case that this one was merged into in the end, its own where it was not."""
    while case.merged_into is not None:
        case = case.merged_into
    return case.pk
