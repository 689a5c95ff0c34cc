"""Reads metrics from stdin as Prometheus does, and prints what is in them."""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

text = sys.stdin.buffer.read().decode()
families = {
    family.name: {
        "type": family.type,
        "help": family.documentation,
        "samples": [[sample.labels, sample.value] for sample in family.samples],
    }
    for family in text_string_to_metric_families(text)
}
print(json.dumps(families))
