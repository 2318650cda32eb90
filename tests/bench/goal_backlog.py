"""What waits: many events for a target that is down, and many retries that are due at once."""
import shutil
import threading
import time

from figures import Figure, Rounds, bounded, compared, short, toward, with_unit
from measuring import BATCH, CONNECTIONS, acme, http, nothing_missing, pass_through, turn_about
from processes import Target, ask, free_port, wait_until

EVENT_BYTES_KEPT = 1700  # on the disk, with what is written twice for a while
DISK_LEFT_BYTES = 10 << 30
PROBE_SECONDS = 90  # a target that was down is tried at least so often


def affordable(place, events):
    """As many as the disk has room for."""
    place.scratch.mkdir(parents=True, exist_ok=True)
    room = shutil.disk_usage(place.scratch).free - DISK_LEFT_BYTES
    return max(0, min(events, room // EVENT_BYTES_KEPT // 1000 * 1000))


def waiting(bench):
    yield from backlog(bench)
    yield from due_at_once(bench)


class Watch(threading.Thread):
    """Looks at a target again and again while the block runs: what it has had by then, and the longest time without any more."""

    def __init__(self, target, what):
        super().__init__(daemon=True)
        self.target, self.what, self.seen, self.over = target, what, [], threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()

    def run(self):
        while not self.over.is_set():
            self.seen.append((time.monotonic(), self.target.stats()[self.what]))
            time.sleep(0.02)

    def done_at(self):
        return next(at for at, count in self.seen if count == self.seen[-1][1])

    def longest_pause(self):
        """Between the first delivery seen and the last, in s."""
        steps = [at for (_, before), (at, now) in zip(self.seen, self.seen[1:]) if now > before]
        return max((late - early for early, late in zip(steps, steps[1:])), default=0)

    def a_second(self):
        """(s since the first delivery, deliveries a second) in steps of a second."""
        begun = next((at for at, count in self.seen if count), None)
        points, last = [], None
        for at, count in self.seen if begun else []:
            if last and at - last[0] >= 1:
                points.append([round(at - begun, 1), (count - last[1]) / (at - last[0])])
            if last is None or at - last[0] >= 1:
                last = (at, count)
        return [point for point in points if point[0] >= 0]


def backlog(bench):
    rounds, scale = Rounds(), bench.scale
    count = affordable(bench.place, scale.waiting)
    with bench.running() as running:
        live = running.target()

        def with_target_down(port):
            retry = {"initial": "1s", "max": "5s", "attempts": 100_000}
            targets = {"sink": http(f"http://127.0.0.1:{port}/sink"), "live": http(live.url())}
            return running.daemon([acme(targets, {"busy": {"rules": {"all": {"to": ["sink"], "retry": retry}}},
                                                  "live": {"rules": {"all": {"to": ["live"]}}}, "quiet": {}})])
        port = free_port()
        empty, full = with_target_down(free_port()), with_target_down(port)
        empty.send(events=1000)
        print(f"  {count:,} events are sent for a target that is down", flush=True)
        loaded = full.send(events=count, connections=8, mode="batch", batch=BATCH)
        accepted = loaded["acknowledged"]
        # Buffers of the store fill in any case.
        empty.send(path="/v1/acme/quiet/events", events=min(count, 500_000), connections=8, mode="batch", batch=BATCH)
        # Until their targets are given up, both are busy with attempts in vain.
        wait_until(lambda: all(one.circuit("acme", "sink") != "closed" for one in (empty, full)), PROBE_SECONDS, "the circuits' opening")
        for number in bench.rounds():
            rounds.add(live=pass_through(empty, live, scale, path="/v1/acme/live/events").rate)
            sent = {one: one.send(scale.seconds, connections=CONNECTIONS) for one in turn_about(number, empty, full)}
            rounds.add(before=sent[empty]["events_per_second"], after=sent[full]["events_per_second"])
            accepted += sent[full]["acknowledged"]
        with_none, with_all = empty.resident_mib(), full.resident_mib()
        empty.end()
        target = Target(bench.place, running.directory("late"), port=port)
        running.callback(target.end)
        print("  and now it is there", flush=True)
        with Watch(target, "unique") as watch:
            begun = time.monotonic()
            ask(full.admin_port, "/v1/tenants/acme/targets/sink/enable", "POST")
            wait_until(lambda: target.stats()["unique"] > 0, PROBE_SECONDS, "the first delivery once the target is there")
            first_after = time.monotonic() - begun
            stats = target.wait_for(accepted)
        pending, drained_mib = full.pending(), full.resident_mib()
    bench.lines["drain"] = watch.a_second()
    label = f"{accepted:,} events waiting"
    drain_rate, live_rate = stats["events_per_second"], rounds.median("live")
    yield Figure(7, f"resident with {label}", with_unit(with_all, "MiB"), f"hardly any waiting: {with_unit(with_none, 'MiB')}",
                 f"{with_all / with_none:.3g}", "at most 1.1", toward([with_all / with_none], most=1.1))
    yield compared(7, f"ingest with {label}", rounds, "after", "before", "events/s", "hardly any waiting", least=0.9)
    yield bounded(7, "loading them, batches of 100", loaded["events_per_second"], "events/s")
    yield Figure(7, "draining them once the target is there", with_unit(drain_rate, "events/s"),
                 f"end to end: {with_unit(live_rate, 'events/s')}", f"{drain_rate / live_rate:.3g}", "at least 1", [drain_rate / live_rate])
    yield bounded(7, "first of them after the target is there and enabled", first_after, "s")
    yield bounded(7, "longest pause of the draining", watch.longest_pause(), "s", f"resident after it: {with_unit(drained_mib, 'MiB')}")
    yield nothing_missing(7, max(0, accepted - stats["unique"]), f"; {pending:,} pending after it")


def four_rules(target, wait_seconds, rules=4):
    retry = {"initial": f"{wait_seconds}s", "max": f"{wait_seconds}s", "factor": 1, "jitter": "none"}
    busy = {"rules": {f"r{number}": {"to": ["sink"], "retry": retry} for number in range(rules)}}
    return [acme({"sink": http(target.url())}, {"busy": busy, "quiet": {}})]


def retry_wait(bench, deliveries):
    """So long that all first attempts are over before the first retry is due, in s."""
    with bench.running() as running:
        target = running.target()
        passed = pass_through(running.daemon(four_rules(target, 60)), target, bench.scale)  # each event four times
    return round(max(bench.scale.retry_seconds, 2 * deliveries / (4 * passed.rate)))


def due_at_once(bench):
    """Each event goes to one target by four rules.  Its first three attempts fail, so that three deliveries of four are tried
    again after the same wait; a quarter works, so that the target's circuit stays closed."""
    events, failing = max(1000, bench.scale.retries // 3), 3
    wait = retry_wait(bench, events * 4)
    with bench.running() as running:
        target = running.target(fail_first=failing)
        daemon = running.daemon(four_rules(target, wait))
        beside = {"path": "/v1/acme/quiet/events", "connections": CONNECTIONS, "rate": 1000}
        calm = daemon.send(max(bench.scale.seconds, 3), **beside)
        print(f"  {events:,} events, {events * failing:,} retries after {wait} s", flush=True)
        begun = time.monotonic()
        sent = daemon.send(events=events, connections=8, mode="batch", batch=BATCH)
        failed = target.wait_for(events * failing, what="failed_on_purpose")["failed_on_purpose"]
        spread = time.monotonic() - begun
        early = target.stats()["delivered"]
        time.sleep(max(0, begun + wait - 1 - time.monotonic()))
        with Watch(target, "delivered") as watch:
            busy = daemon.send(spread + 5, **beside)
            stats = target.wait_for(sent["acknowledged"] * 4, what="delivered")
        resident = daemon.resident_mib()
    took = watch.done_at() - begun - wait
    yield Figure(7, f"{failed:,} retries due within {short(spread)} s, done within", with_unit(took, "s"),
                 f"{early:,} others had worked at once", f"{took / spread:.3g}")
    yield bounded(7, "longest pause among them", watch.longest_pause(), "s", f"resident: {with_unit(resident, 'MiB')}", most=1)
    yield Figure(7, "p99 of the 202 meanwhile, 1,000 events/s", with_unit(busy["p99_us"] / 1e3, "ms"),
                 f"without retries: {with_unit(calm['p99_us'] / 1e3, 'ms')}", f"{busy['p99_us'] / calm['p99_us']:.3g}")
    yield bounded(7, "longest 202 meanwhile", busy["max_us"] / 1e6, "s", most=1)
    yield nothing_missing(7, max(0, sent["acknowledged"] * 4 - stats["delivered"]), " after the retries")
