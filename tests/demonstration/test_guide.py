"""What the demonstration's guide suggests can be pasted, wherever its data are."""

import re
import subprocess
from pathlib import Path

import pytest

from rfp_service.demonstration.guide import guide
from shared.settings import Settings


@pytest.mark.parametrize("place", ["/srv/data", "/srv/Beschaffung für IT/daten", "/srv/the council's $HOME"])
def test_a_paste_names_the_data_folder_whatever_its_path_is(place: str) -> None:
    text = guide(Settings(data_dir=Path(place)))
    suggested = re.findall(r"DATA_DIR=.*?\.venv/bin/rfp-service", text)
    assert len(suggested) >= 5
    for said in suggested:
        pasted = said.replace(".venv/bin/rfp-service", "printenv DATA_DIR")
        for script in (pasted, f'printf %s "$({pasted})"'):
            done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
            assert done.stdout.rstrip("\n") == place


def test_the_usual_folder_is_not_named() -> None:
    assert "DATA_DIR" not in guide(Settings(data_dir=Path(".data")))
