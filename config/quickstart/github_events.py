#!/usr/bin/env python3
"""GitHub's example webhooks as CloudEvents, one JSON object a line on stdout.

    type     com.github.<event>[.<action>]
    source   /github/<repository or organisation>
    subject  what it is about: number, branch, tag or login
    data     the webhook's payload, as it is

usage: github_events.py INDEX_JSON      index.json of the npm package @octokit/webhooks-examples
"""
import json
import sys
import uuid

# Every example of these; of other events the deletions, and one of each of a few that no rule wants.
WHOLE = {"push", "issues", "pull_request", "release", "create", "delete"}
ONE_OF_EACH = {"fork", "ping", "star", "watch", "status", "deployment", "discussion", "gollum", "page_build", "team_add"}


def chosen(index):
    for kind in index:
        name = kind["name"]
        if name in WHOLE:
            yield from ((name, payload) for payload in kind["examples"])
        else:
            deleted = [p for p in kind["examples"] if p.get("action") == "deleted"]
            picked = deleted[:1] or (kind["examples"][:1] if name in ONE_OF_EACH else [])
            yield from ((name, payload) for payload in picked)


def subject_of(payload):
    for key in ("pull_request", "issue"):
        if key in payload:
            return f"{key}/{payload[key]['number']}"
    if "release" in payload:
        return payload["release"]["tag_name"]
    return payload.get("ref") or payload.get("sender", {}).get("login")


def event_of(name, payload):
    owner = payload.get("repository") or payload.get("organization") or {}
    event = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "type": ".".join(part for part in ("com.github", name, payload.get("action")) if part),
        "source": "/github/" + (owner.get("full_name") or owner.get("login") or "github"),
        "datacontenttype": "application/json",
    }
    if subject := subject_of(payload):
        event["subject"] = subject
    return event | {"data": payload}


def main(path):
    with open(path) as file:
        index = json.load(file)
    for name, payload in chosen(index):
        print(json.dumps(event_of(name, payload), separators=(",", ":")))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
