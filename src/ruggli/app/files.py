"""Opening the files that a user names: by path, or by the name of one that ships."""

from collections.abc import Mapping
from dataclasses import dataclass

from ruggli.app.builtin import DEFAULT_RIG, find_protocol, find_rig
from ruggli.errors import InputError
from ruggli.protocol.loader import ProtocolFile, read_protocol
from ruggli.rig.loader import RigFile, read_rig
from ruggli.world.disk import exists, file_mode, is_file, read_file


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a named file, read once.

    Attributes:
        file: the file as messages name it.
        data: its bytes.
        mode: permission bits, or None for a shipped file and where the system has none.
    """

    file: str
    data: bytes
    mode: int | None = None

    @property
    def text(self) -> str:
        """The text for excerpts in messages, whatever the bytes are."""
        return self.data.decode("utf-8-sig", "replace")


def protocol_source(name_or_path: str) -> Source:
    """The bytes of a protocol.

    Args:
        name_or_path: a path, or the name of a shipped protocol.

    Raises:
        InputError: there is neither.
    """
    if is_file(name_or_path):
        return _read(name_or_path, "protocol")
    try:
        return Source(*find_protocol(name_or_path))
    except InputError:
        if exists(name_or_path):
            return _read(name_or_path, "protocol")  # a folder or a device: says so
        raise


def rig_source(name_or_path: str | None) -> Source:
    """The bytes of a rig; as `protocol_source`, None stands for the built-in bench."""
    if name_or_path is not None and is_file(name_or_path):
        return _read(name_or_path, "rig")
    try:
        return Source(*find_rig(DEFAULT_RIG if name_or_path is None else name_or_path))
    except InputError:
        if name_or_path is not None and exists(name_or_path):
            return _read(name_or_path, "rig")
        raise


def open_protocol(
    name_or_path: str, settings: Mapping[str, str] | None = None, *, unattended: bool = False
) -> ProtocolFile:
    """Read and check a protocol file.

    Args:
        name_or_path: a path, or the name of a shipped protocol.
        settings: parameters that override the file's defaults, as text.
        unattended: check it as an unattended one.

    Raises:
        InputError: there is no such file; a `ProblemsError` when it is refused.
    """
    source = protocol_source(name_or_path)
    return read_protocol(source.data, source.file, settings, unattended=unattended)


def open_rig(name_or_path: str | None = None) -> RigFile:
    """Read and check a rig file; None stands for the built-in simulated bench.

    Raises:
        InputError: there is no such file; a `ProblemsError` when it is refused.
    """
    source = rig_source(name_or_path)
    return read_rig(source.data, source.file)


def _read(path: str, what: str) -> Source:
    return Source(path, read_file(path, what), file_mode(path))
