#!/usr/bin/env python3
"""Prints the journey of every event of a channel, as the admin API tells it, oldest first:

      41  com.github.push                      default-branch-pushes > demo: 204
      52  com.github.pull_request.closed       small-pull-requests > flaky: 503 503 503 204
      60  com.github.release.created           releases > broken: 500 500 500, dead
      61  com.github.star.created              no rule wants it

usage: journeys.py ADMIN_URL TENANT CHANNEL
"""
import json
import sys
import urllib.request


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def seqs(channel):
    found, cursor = [], ""
    while True:
        page = get(f"{channel}/events?limit=1000{cursor}")
        found += [event["seq"] for event in page["events"]]
        if "cursor" not in page:
            return sorted(found)
        cursor = "&cursor=" + page["cursor"]


def lane_text(outcome, journey):
    """The answers that came from one target on behalf of one rule, and how it ended unless by being delivered."""
    steps = [step for step in journey if (step.get("rule"), step.get("target")) == (outcome["rule"], outcome["target"])]
    answers = [str(step.get("status") or "no-answer") for step in steps if step["what"] not in ("redriven", "dropped")]
    end = "" if outcome["outcome"] == "delivered" else ", " + outcome["outcome"]
    return f"{outcome['rule']} > {outcome['target']}: {' '.join(answers) or 'not tried yet'}{end}"


def main(url, tenant, channel):
    base = f"{url}/v1/tenants/{tenant}/channels/{channel}"
    for seq in seqs(base):
        event = get(f"{base}/events/{seq}")
        lines = [lane_text(outcome, event["journey"]) for outcome in event["outcomes"]] or ["no rule wants it"]
        for n, line in enumerate(lines):
            head = f"{seq:4}  {event['event']['type']:<46}" if n == 0 else " " * 52
            print(f"{head}  {line}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
