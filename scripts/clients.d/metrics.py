"""prometheus_client: the metrics as whoever scrapes them reads them.

usage: metrics.py URL
"""
import sys
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

with urllib.request.urlopen(sys.argv[1], timeout=60) as answer:
    print(answer.status, answer.headers["content-type"], answer.headers["cache-control"])
    text = answer.read().decode()
for family in text_string_to_metric_families(text):
    print(family.name, family.type, family.documentation)
    for sample in family.samples:
        print(" ", sample.name, sorted(sample.labels.items()), sample.value)
