"""Specs that share something costly are dealt out to one process."""

import pytest

GROUP = "dealt-out-together"


@pytest.mark.xdist_group(GROUP)
def test_a_group_stands_in_the_id_by_which_specs_are_dealt_out(request: pytest.FixtureRequest) -> None:
    by_group = getattr(request.config.option, "loadgroup", False)
    assert request.node.nodeid.endswith(f"@{GROUP}") is bool(by_group)
