"""What all tests share."""

from collections.abc import Iterator

import pytest

from ruggli.world.lock_folder import LOCKS_VARIABLE


@pytest.fixture(scope="session", autouse=True)
def locks_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Port locks of tests, and of the programs that they start, are not those of the computer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(LOCKS_VARIABLE, str(tmp_path_factory.mktemp("locks")))
        yield
