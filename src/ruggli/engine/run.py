"""A run from its beginning, or from where an interrupted one stands, to its end."""

from ruggli.engine.conductor import Conductor
from ruggli.engine.ending import end, hold, restart, settle_counters, stop_flows
from ruggli.engine.prepare import prepare, reconnect
from ruggli.engine.recover import Recovered, take_up
from ruggli.engine.result import Verdict
from ruggli.world.tasks import Task


def run(conductor: Conductor) -> Task[None]:
    """A new run. The conductor's result says how it ended; a refusal has sent nothing but questions."""
    conductor.change("prepare")
    why = yield from prepare(conductor)
    if why:
        conductor.desk.withdraw_all()
        verdict, cause = conductor.flow.ending or (Verdict.REFUSED, why)
        conductor.result.verdict, conductor.result.cause = verdict, cause
        return
    if conductor.flow.ending is None:
        conductor.change("start")
    yield from _until_the_end(conductor)


def resume(conductor: Conductor, recovered: Recovered) -> Task[None]:
    """Continue an interrupted run from reconciled counters."""
    conductor.change("prepare")
    take_up(conductor, recovered)
    conductor.lifeline.watch(conductor.policy)
    why = yield from reconnect(conductor)
    if why:
        conductor.result.verdict, conductor.result.cause = Verdict.REFUSED, why
        yield from stop_flows(conductor, heat_off=False)  # what this run has started must not go on unwatched
        yield from settle_counters(conductor)
        conductor.give_up()
        return
    why = yield from restart(conductor, reconnected=True)
    if why and conductor.flow.ending is None:
        conductor.flow.ending = (Verdict.HELD, f"the run could not be resumed: {why}")
    yield from _until_the_end(conductor)


def _until_the_end(conductor: Conductor) -> Task[None]:
    while True:
        if conductor.flow.ending is None:
            yield from conductor.conduct()
        if conductor.flow.ending is None and conductor.flow.hold_cause is not None:
            yield from hold(conductor)
            continue
        if conductor.flow.ending is not None:
            break
    yield from end(conductor)
