"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The suite is the same on every run; SETPIECE_EXPLORE=1 looks for other cases each time. Machines
# are shared, and databases wait for disks: an example may take as long as it takes.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", print_blob=True, deadline=None)
settings.load_profile("explore" if os.environ.get("SETPIECE_EXPLORE") else "same")


@pytest.fixture(scope="session", autouse=True)
def _keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Takes are signed: with keys of the tests' own, never of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SETPIECE_KEYS", str(tmp_path_factory.mktemp("keys")))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real plates beside the checkout; tests that need it skip where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "plates").is_dir():
        pytest.skip("real test plates are not here: put them in ../shared/plates to run this")
    return folder
