"""A disk in memory whose folders are real ones, so that what a night has recorded can be read afterwards."""

from ruggli.world.disk import exists, make_folder, write_file
from ruggli.world.memory_disk import MemoryDisk


class KeptDisk(MemoryDisk):
    """A `MemoryDisk` that can be written out: it fails as it is told to, and not as the computer's own would."""

    def exists(self, path: str) -> bool:
        """Also of what earlier runs have left on the computer's disk."""
        return super().exists(path) or exists(path)

    def make_folder(self, path: str) -> None:
        """Also on the computer's disk, so that no other run takes the name. Raises `InputError`."""
        make_folder(path)
        super().make_folder(path)

    def keep(self) -> None:
        """Write every file out as it is now. Raises `InputError`."""
        for path in self.files():
            write_file(path, self.read(path, "file"))
