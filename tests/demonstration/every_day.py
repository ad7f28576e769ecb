"""The story on every day of a year to come, at every hour in turn: the demonstration starts on any."""

from datetime import UTC, datetime, timedelta

import pytest

from rfp_service.demonstration.story import story

WEEKS = 53


@pytest.mark.parametrize("week", range(WEEKS))
def test_on_each_day_the_rules_allow_every_decision_of_the_story(week: int) -> None:
    first = datetime.now(UTC) + timedelta(weeks=week)
    for number in range(7):
        now = first + timedelta(days=number, hours=7 * number + week, minutes=13 * number)
        scenes = story(now)
        assert scenes, now
        assert all(scene.at < now for scene in scenes), now
