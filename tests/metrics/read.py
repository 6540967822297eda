"""Reads metrics from its input with the official parsers, and prints a line of JSON for each sample."""

import json
import sys

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

PARSERS = {
    "classic": text_string_to_metric_families,
    "openmetrics": openmetrics.text_string_to_metric_families,
}


def main():
    """The format is the only argument."""
    read = PARSERS[sys.argv[1]]
    for family in read(sys.stdin.buffer.read().decode()):
        if not family.documentation or family.type not in ("gauge", "counter", "info"):
            sys.exit(f"{family.name}: {family.type}, '{family.documentation}'")
        for sample in family.samples:
            # As text: it loses nothing on the way.
            print(json.dumps([sample.name, sample.labels, repr(sample.value)]))


if __name__ == "__main__":
    main()
