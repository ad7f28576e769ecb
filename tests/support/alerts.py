"""The operator's alerts, as they stand in `deploy`, asked of metrics as the service shows them."""

import re
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families

FILE = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yaml"
RULES = [rule for group in yaml.safe_load(FILE.read_text())["groups"] for rule in group["rules"]]
LIMIT = re.compile(r"(rfp_\w+) (>|==) (\d+)")


def fires(alert: str, metrics: str) -> bool:
    """Say whether an alert's expression holds, for as long as these are the metrics.

    It reads a measure beside a limit. What else an expression may be, only Prometheus itself tells.
    """
    [rule] = [rule for rule in RULES if rule["alert"] == alert]
    limit = LIMIT.fullmatch(rule["expr"])
    assert limit, f"{alert} needs Prometheus itself: {rule['expr']}"
    name, comparison, number = limit.groups()
    samples = [
        sample.value
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
        if sample.name == name
    ]
    return any(each > float(number) if comparison == ">" else each == float(number) for each in samples)
