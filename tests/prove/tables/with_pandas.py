"""Compare registers with pandas: a line of JSON for each case says what the service told of it."""

import io
import json
import sys

import pandas as pd


def table(text: str) -> pd.DataFrame:
    """Return a register as a table of texts, a row for each reference."""
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, index_col="Reference")


def difference(standing: pd.DataFrame, register: pd.DataFrame) -> set[tuple[str, ...]]:
    """Return what differs, cell by cell; a blank cell of the register says nothing."""
    found = {("new", name, "") for name in register.index.difference(standing.index)}
    found |= {("gone", name, "") for name in standing.index.difference(register.index)}
    both = register.index.intersection(standing.index)
    old, new = (one.loc[both].stack() for one in (standing, register))  # noqa: PD013  # a value for each cell
    # No contingency is none at all.
    days = old.index.get_level_values(1) == "Contingency days"
    changed = new[(new != "") & (new != old) & ~(days & (new == "0") & (old == ""))]
    found |= {("changed", name, column) for name, column in changed.index}
    same = both.difference(changed.index.get_level_values(0).unique())
    return found | {("unchanged", name, "") for name in same}


def main() -> None:
    """Say how many cases are as told; stop at the first that is not."""
    count = differences = 0
    for line in sys.stdin:
        case = json.loads(line)
        told = {tuple(one) for one in case["told"]}
        found = difference(table(case["standing"]), table(case["register"]))
        if told != found:
            sys.exit(f"case {count}: only told {sorted(told - found)}, only found {sorted(found - told)}")
        count, differences = count + 1, differences + len(found)
    sys.stdout.write(f"{count} {differences}\n")


if __name__ == "__main__":
    main()
