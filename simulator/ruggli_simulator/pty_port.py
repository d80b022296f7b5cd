"""A pseudo-terminal that stands for a serial port; where the system has none, `PtyPort` says so."""

import os
import sys

from ruggli.errors import InputError

if sys.platform == "win32":

    class PtyPort:
        """There is none on this system."""

        path: str
        descriptor: int

        def __init__(self) -> None:
            raise InputError("this system has no pseudo-terminals; leave --pty out and use the socket:// URLs")

        def keep_configurable(self) -> None:
            """Nothing to keep."""

        def read(self) -> bytes:
            """Nothing comes."""
            return b""

        def write(self, data: bytes) -> None:
            """Nothing goes."""

        def close(self) -> None:
            """Nothing to close."""

else:
    import termios
    import tty

    class PtyPort:
        """Both ends of a pseudo-terminal; programs open `path` as they open a serial port.

        The slave stays open here, so that clients may close and open again. A pseudo-terminal always has eight data
        bits and no parity, and glibc refuses a configuration of which nothing took hold; so the second client that
        asks for 7E1 would get EINVAL. `keep_configurable` therefore sets a flag without effect (ECHOK outside canonical
        mode) that every serial client clears: then something always takes hold.

        Attributes:
            path: for clients.
            descriptor: the master.
        """

        def __init__(self) -> None:
            self.descriptor, self._slave = os.openpty()
            tty.setraw(self._slave)
            os.set_blocking(self.descriptor, False)
            self.path = os.ttyname(self._slave)
            self.keep_configurable()

        def keep_configurable(self) -> None:
            """Make the next client's configuration succeed; called now and then."""
            attributes = termios.tcgetattr(self._slave)
            if not attributes[3] & termios.ECHOK:
                attributes[3] |= termios.ECHOK
                termios.tcsetattr(self._slave, termios.TCSANOW, attributes)

        def read(self) -> bytes:
            """What a client has written."""
            try:
                return os.read(self.descriptor, 4096)
            except OSError:
                return b""

        def write(self, data: bytes) -> None:
            """To the client; what nobody reads is lost once the terminal's buffer is full, as on a real port."""
            try:
                os.write(self.descriptor, data)
            except OSError:
                return

        def close(self) -> None:
            """Give both ends back."""
            os.close(self.descriptor)
            os.close(self._slave)
