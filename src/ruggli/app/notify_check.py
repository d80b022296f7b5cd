"""Whether somebody would hear of what happens in the night."""

from importlib.util import find_spec

from ruggli.app.notify_file import FILE_VARIABLE, NotifyFile
from ruggli.documents.problem import Problem, Severity

ENOUGH = 2
"""Channels of an unattended run: one of them may fail (hazard C15)."""


def notify_problems(notify: NotifyFile | None, *, unattended: bool, simulated: bool) -> tuple[Problem, ...]:
    """What speaks against relying on the messages of a run.

    Args:
        notify: the notify file, or None.
        unattended: whether nobody is there.
        simulated: whether every port of the rig is a simulated one, so that there is nothing to be called for.
    """
    if notify is None:
        if not unattended or simulated:
            return ()
        message = "the run is unattended, and nobody is told when it is held, asks or ends"
        remedy = f"name a file with channels: --notify FILE, or the environment variable {FILE_VARIABLE}"
        return (Problem("W-NOTIFY", Severity.WARNING, message, remedy=remedy),)
    if find_spec("apprise") is None:
        message = "messages cannot be sent: Apprise is not installed"
        return (Problem("E-NOTIFY", Severity.ERROR, message, remedy='pip install "ruggli[notify]"'),)
    if unattended and len(notify.channels) < ENOUGH:
        message = "the run is unattended, and only one channel tells what happens; it may fail"
        bound, remedy = f"at least {ENOUGH} channels", "add another way to reach you"
        return (Problem("N-NOTIFY", Severity.NOTE, message, value="1 channel", bound=bound, remedy=remedy),)
    return ()
