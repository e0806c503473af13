from __future__ import annotations

import pytest
import time_machine

from tests.factories import NOW


@pytest.fixture(autouse=True)
def frozen_time():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
