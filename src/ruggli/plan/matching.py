"""Exact assignment of jobs to seats at the lowest total cost (the Hungarian method)."""

from collections.abc import Sequence


def cheapest(costs: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The seat of each job, no seat twice, so that the sum of the costs is lowest.

    Shortest augmenting paths with potentials; exact, in jobs^2 x seats steps.

    Args:
        costs: one row a job, one column a seat; at least as many seats as jobs.

    Raises:
        ValueError: there are fewer seats than jobs.
    """
    jobs, seats = len(costs), len(costs[0]) if costs else 0
    if jobs > seats:
        raise ValueError("fewer seats than jobs")
    job_potential, seat_potential = [0] * (jobs + 1), [0] * (seats + 1)
    taken_by = [0] * (seats + 1)
    for job in range(1, jobs + 1):
        taken_by[0] = job
        column = 0
        slack: list[int | None] = [None] * (seats + 1)
        came_from = [0] * (seats + 1)
        done = [False] * (seats + 1)
        while taken_by[column]:
            done[column] = True
            row, step, following = taken_by[column], None, 0
            for seat in range(1, seats + 1):
                if done[seat]:
                    continue
                reduced = costs[row - 1][seat - 1] - job_potential[row] - seat_potential[seat]
                known = slack[seat]
                if known is None or reduced < known:
                    slack[seat] = known = reduced
                    came_from[seat] = column
                if step is None or known < step:
                    step, following = known, seat
            assert step is not None
            for seat in range(seats + 1):
                known = slack[seat]
                if done[seat]:
                    job_potential[taken_by[seat]] += step
                    seat_potential[seat] -= step
                elif known is not None:
                    slack[seat] = known - step
            column = following
        while column:
            taken_by[column] = taken_by[came_from[column]]
            column = came_from[column]
    chosen = [0] * jobs
    for seat in range(1, seats + 1):
        if taken_by[seat]:
            chosen[taken_by[seat] - 1] = seat - 1
    return tuple(chosen)
