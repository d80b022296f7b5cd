"""The error tree. Every branch says whose move it is.

RuggliError
|-- InputError          your file or your command is wrong: nothing was energised       exit 2
|   |-- ChangedError    a file is not the one that was checked or run before            exit 2
|   `-- KineticsError   the equations of a kinetics file have no usable solution        exit 2
|-- BenchError          the bench is not what the rig file says                         exit 2 or 1
|   |-- DeviceError     a device answered, and the answer is a fault or a refusal
|   |   |-- WrongDevice     something else answers on this port
|   |   |-- DeviceAlarm     the device reports an alarm (stall, power cycle, dead-man)
|   |   |-- NotRunning      the device took a start and stands, without an alarm
|   |   `-- Refused         the device did not take a setting: what it holds is not what was sent
|   `-- LinkError       bytes did not come, or came wrong
|       |-- LinkLost        the port is gone (unplugged, closed, connection reset)
|       |-- NoReply         the port is there, the device is silent
|       `-- BadReply        bytes came that are no reply of this device
|-- OtherMaster         another process is master of a port
|   |-- PortsTaken      it was so before a port was opened                              exit 2
|   `-- LeaseLost       it took over; nothing more is sent from here                    exit 1
|-- JournalError        the record of a run is damaged, foreign or not writable
`-- (anything else)     our own bug                                                     exit 3
"""


class RuggliError(Exception):
    """Base of every error that Ruggli raises on purpose."""


class InputError(RuggliError):
    """A file, an option or an answer of the user is refused; nothing was energised."""


class ChangedError(InputError):
    """A file differs from the one that was checked, or from the one that an interrupted run was started with."""


class KineticsError(InputError):
    """The equations of a reaction could not be solved with these constants, or their solution makes or loses matter."""


class BenchError(RuggliError):
    """The bench is not what the rig file says.

    Args:
        message: what happened, with values and units, and what to do.
        device: name of the device in the rig file.
        port: its port.
        command: the command that was sent, readable.
        reply: the reply, readable.
    """

    def __init__(self, message: str, *, device: str = "", port: str = "", command: str = "", reply: str = "") -> None:
        super().__init__(message)
        self.message, self.device, self.port, self.command, self.reply = message, device, port, command, reply

    def __str__(self) -> str:
        place = " on ".join(part for part in (self.device, self.port) if part)
        where = f"{place}: " if place else ""
        sent = f" (sent {self.command!r}" if self.command else ""
        got = f", got {self.reply!r}" if self.reply else ""
        return f"{where}{self.message}{sent}{got}{')' if sent else ''}"


class DeviceError(BenchError):
    """A device answered, and the answer is a fault or a refusal."""


class WrongDevice(DeviceError):  # noqa: N818 - the tree reads better without a suffix on the leaves
    """Something else than the declared device answers on the port."""


class DeviceAlarm(DeviceError):  # noqa: N818
    """The device reports an alarm; `kind` is one of `stall`, `power`, `dead-man`, `program`, `other`.

    The command that was answered with the alarm was not executed.
    """

    def __init__(
        self, message: str, *, kind: str, device: str = "", port: str = "", command: str = "", reply: str = ""
    ) -> None:
        super().__init__(message, device=device, port=port, command=command, reply=reply)
        self.kind = kind


class Refused(DeviceError):  # noqa: N818
    """The device refused a command, or holds another value than the one that was sent."""


class NotRunning(DeviceError):  # noqa: N818
    """The device took a start and stands, without an alarm: somebody at its panel. What it gave is in its counter."""


class LinkError(BenchError):
    """Bytes did not come, or came wrong."""


class LinkLost(LinkError):  # noqa: N818
    """The port is gone: unplugged, closed or reset."""


class NoReply(LinkError):  # noqa: N818
    """The port is there, the device is silent."""


class BadReply(LinkError):  # noqa: N818
    """Bytes came that are no reply of this device to this command."""


class JournalError(RuggliError):
    """The record of a run is damaged, foreign, or cannot be written."""


class OtherMaster(RuggliError):  # noqa: N818
    """Another process is master of a port of this bench."""


class PortsTaken(OtherMaster):  # noqa: N818
    """Another process is master of a port; the message says who, for what, since when. Nothing was opened."""


class LeaseLost(OtherMaster):  # noqa: N818
    """Another process has become master; whoever sees this sends nothing any more, not even a stop."""
