"""What each goal of the daemon's speed is measured by.  Every function starts what it needs, measures in rounds, turn and
turn about, so that what else the machine does strikes all, and gives the rows of the table."""
import contextlib
import dataclasses
import os
import statistics
import time

import peers
from figures import Figure, Rounds, bounded, compared, short, toward, unmeasured, with_unit
from goal_backlog import waiting
from measuring import BATCH, CONNECTIONS, acme, http, nothing_missing, one_rule, pass_through, turn_about
from processes import Unmeasured, ask, free_port

HANGING_MS = 600_000


# --- 1, 2: taking events ----------------------------------------------------------------------------------------------

def taking_only(running):
    """A daemon whose one rule takes everything for a target that never answers."""
    target = running.target(delay_ms=HANGING_MS)
    return running.daemon(one_rule(target, timeout="10m"))


class SyncedFile:
    """A file that has its blocks already."""
    BLOCK, BLOCKS = 4096, 4096

    def __init__(self, path):
        self.file, self.writes = os.open(path, os.O_RDWR | os.O_CREAT, 0o600), 0
        os.write(self.file, bytes(self.BLOCK * self.BLOCKS))
        os.fsync(self.file)

    def sync_us(self, seconds):
        """The median time of a written block and its fdatasync."""
        times, data, end = [], b"x" * self.BLOCK, time.monotonic() + seconds
        while time.monotonic() < end:
            begun = time.perf_counter_ns()
            os.pwrite(self.file, data, self.writes % self.BLOCKS * self.BLOCK)
            os.fdatasync(self.file)
            times.append((time.perf_counter_ns() - begun) / 1e3)
            self.writes += 1
        return statistics.median(times)


def lone(daemon, bare, file, seconds):
    """Medians of a lone connection's 202, of a bare round trip and of one sync, in µs: each of its quickest turn, since other
    work on the machine makes a single thread that waits for the disk wait for a core, too."""
    turns, values = 5, Rounds()
    for _ in range(turns):
        alone, trip = (relay.send(seconds / turns, connections=1)["p50_us"] for relay in (daemon, bare))
        values.add(alone=alone, trip=trip, sync=file.sync_us(seconds / turns))
    return {name: min(values[name]) for name in ("alone", "trip", "sync")}


def ingest(bench):
    rounds, scale = Rounds(), bench.scale
    with bench.running() as running:
        daemon, bare = taking_only(running), running.bare_beast()
        nats_port, no_nats = None, ""
        try:
            publisher = bench.place.bench("nats_publisher")
            nats_port = peers.nats_server(running)[1]
        except Unmeasured as why:
            no_nats = str(why)
        file = SyncedFile(running.directory("disk") / "synced")
        running.callback(os.close, file.file)
        for _ in bench.rounds():
            rounds.add(bare=bare.send(scale.seconds, connections=CONNECTIONS)["events_per_second"])
            before_us = daemon.cpu_us()
            sent = daemon.send(scale.seconds, connections=CONNECTIONS)
            rounds.add(ours=sent["events_per_second"], p50=sent["p50_us"] / 1e3, p99=sent["p99_us"] / 1e3,
                       cpu=(daemon.cpu_us() - before_us) / sent["acknowledged"])
            if nats_port:
                rounds.add(nats=bench.place.run(publisher, nats_port, CONNECTIONS, scale.seconds, seconds=scale.seconds)["events_per_second"])
            one = lone(daemon, bare, file, scale.seconds)
            rounds.add(**one, parts=one["sync"] + one["trip"])
    yield compared(1, "durable ingest, 64 connections", rounds, "ours", "bare", "events/s", "bare Beast", least=0.45)
    yield bounded(1, "CPU of it, an event", rounds["cpu"], "µs")
    yield bounded(1, "p50 of its 202", rounds["p50"], "ms", f"p99 {with_unit(rounds.median('p99'), 'ms')}")
    if nats_port:
        yield compared(1, "durable ingest beside JetStream", rounds, "ours", "nats", "events/s", "JetStream R1, not synced, 64 publishers", least=1.8)
    else:
        yield unmeasured(1, "durable ingest beside JetStream", no_nats)
    yield unmeasured(1, "durable ingest beside RabbitMQ's quorum queue", "there is no publisher for RabbitMQ in this bench")
    yield compared(1, "one lone connection, median", rounds, "alone", "parts", "µs",
                   f"one fdatasync ({short(rounds.median('sync'))} µs) and one bare round trip ({short(rounds.median('trip'))} µs)", most=1.5)


def batches(bench):
    rounds, scale = Rounds(), bench.scale
    with bench.running() as running:
        daemon, bare = taking_only(running), running.bare_beast()
        for _ in bench.rounds():
            rounds.add(bare=bare.send(scale.seconds, connections=CONNECTIONS)["events_per_second"])
            before_us = daemon.cpu_us()
            sent = daemon.send(scale.seconds, connections=8, mode="batch", batch=BATCH)
            rounds.add(ours=sent["events_per_second"], cpu=(daemon.cpu_us() - before_us) / sent["acknowledged"])
    yield compared(2, "batches of 100", rounds, "ours", "bare", "events/s", "bare Beast, single events", least=2.5)
    yield bounded(2, "CPU of it, an event", rounds["cpu"], "µs")


# --- 3, 4: the whole way ----------------------------------------------------------------------------------------------

def end_to_end(bench):
    rounds, scale = Rounds(), bench.scale
    with bench.running() as running:
        target = running.target()
        daemon, relay = running.daemon(one_rule(target)), running.durable_relay(target)
        for number in bench.rounds():
            passed = {one: pass_through(one, target, scale) for one in turn_about(number, daemon, relay)}
            ours, theirs = passed[daemon], passed[relay]
            rounds.add(ours=ours.rate, theirs=theirs.rate, cpu=ours.cpu_us, their_cpu=theirs.cpu_us, missing=ours.missing)
    yield compared(3, "end to end, one rule, one target", rounds, "ours", "theirs", "events/s", "a minimal durable relay", least=0.95)
    cpu = compared(3, "CPU of it, an event", rounds, "cpu", "their_cpu", "µs", "the relay")
    yield dataclasses.replace(cpu, wanted="at most 27 µs", toward=toward(rounds["cpu"], most=27))
    yield nothing_missing(3, sum(rounds["missing"]))
    yield from fan_out(bench)


def fan_out(bench, targets=10):
    rounds, scale = Rounds(), bench.scale
    with bench.running() as running:
        target = running.target()
        names = [f"sink{number}" for number in range(targets)]
        rules = {name: {"to": [name]} for name in names}
        daemon = running.daemon([acme({name: http(target.url(f"/{name}")) for name in names}, {"busy": {"rules": rules}})])
        client = bench.place.bench("push_client")
        for _ in bench.rounds():
            fanned = pass_through(daemon, target, scale, deliveries=targets)
            rounds.add(ours=fanned.rate, cpu=fanned.cpu_us / targets, missing=fanned.missing)
            rounds.add(bare=bench.place.run(client, target.port, 32, scale.seconds, seconds=scale.seconds)["requests_per_second"])
    yield compared(3, "one event to ten targets by ten rules", rounds, "ours", "bare", "deliveries/s", "bare Beast client, 32 connections", least=0.7)
    yield bounded(3, "CPU of it, a delivery", rounds["cpu"], "µs")
    yield nothing_missing(3, sum(rounds["missing"]), " of ten targets")


def latency(bench):
    scale, at = bench.scale, {}
    with bench.running() as running:
        target = running.target()
        relays = {"daemon": running.daemon(one_rule(target)), "relay": running.durable_relay(target)}
        no_bullmq = ""
        try:
            relays["bullmq"] = peers.bullmq(running, target)
        except Unmeasured as why:
            no_bullmq = str(why)
        for relay in relays.values():  # Node's code is compiled on the way
            pass_through(relay, target, scale)
        half = round(pass_through(relays["daemon"], target, scale).rate / 2)
        for _ in bench.rounds():
            for rate in (1000, 5000, half):
                for name, relay in relays.items():
                    if name == "bullmq" and rate != 1000:
                        continue
                    passed = pass_through(relay, target, scale, rate=rate)
                    at.setdefault(rate, Rounds()).add(**{f"{name}_p50": passed.p50_ms, f"{name}_p99": passed.p99_ms})
    for rate, wanted_p50, wanted_p99 in ((1000, 0.45, 1.0), (5000, None, 1.6), (half, None, 5)):
        label = f"{short(rate)} events/s" + (", half of saturation" if rate == half else "")
        for quantile, most in (("p50", wanted_p50), ("p99", wanted_p99)):
            theirs = f"the relay: {with_unit(at[rate].median('relay_' + quantile), 'ms')}"
            yield bounded(4, f"{quantile} due to receipt, {label}", at[rate][f"daemon_{quantile}"], "ms", theirs, most=most)
    if no_bullmq:
        yield unmeasured(4, "p99 beside BullMQ's, 1,000 events/s", no_bullmq)
    else:
        yield compared(4, "p99 beside BullMQ's, 1,000 events/s", at[1000], "daemon_p99", "bullmq_p99", "ms", "Fastify, BullMQ, Redis", most=1 / 3)
    bench.lines["latency"] = [
        [f"{label}, {quantile}", [[rate, at[rate].median(f"{name}_{quantile}")] for rate in sorted(at)], colour, quantile == "p50"]
        for colour, (name, label) in enumerate((("daemon", "Signalbox"), ("relay", "a minimal relay")))
        for quantile in ("p50", "p99")]


# --- 5, 6: many of everything -----------------------------------------------------------------------------------------

def many_rules(bench):
    """Of the many rules one takes one event in a thousand, by its order's number; `busy…` has a rule besides that takes all."""
    rounds, scale = Rounds(), bench.scale
    with bench.running() as running:
        target = running.target()
        everything = {"all": {"to": ["sink"]}}
        one = {"rare": {"pattern": {"data": {"order": [{"suffix": "000"}]}}, "to": ["rare"]}}
        targets = {"sink": http(target.url("/sink")), "rare": http(target.url("/rare"))}
        files = [acme(targets, {"quiet-one": {"rules": one}, "busy-one": {"rules": everything}, "busy-many": {"rules": everything}})]
        for first in range(0, scale.rules - 1, 2000):
            part = {f"r{number}": {"pattern": {"data": {"order": [f"{number * 1000:012}"]}}, "to": ["rare"]}
                    for number in range(first, min(first + 2000, scale.rules - 1))}
            files += [{"acme": {"channels": {channel: {"rules": part}}}} for channel in ("quiet-many", "busy-many")]
        daemon = running.daemon(files)
        for number in bench.rounds():
            for kind in turn_about(number, "one", "many"):
                sent = daemon.send(scale.seconds, path=f"/v1/acme/quiet-{kind}/events", connections=CONNECTIONS)
                passed = pass_through(daemon, target, scale, path=f"/v1/acme/busy-{kind}/events", counted="/sink")
                rounds.add(**{f"ingest_{kind}": sent["events_per_second"], kind: passed.rate, f"cpu_{kind}": passed.cpu_us})
                rounds.add(missing=passed.missing)
    yield compared(5, f"ingest, {scale.rules:,} rules, 1 event in 1,000 fits one", rounds, "ingest_many", "ingest_one", "events/s",
                   "one rule, 1 event in 1,000 fits", least=0.9)
    yield compared(5, "end to end, one of the rules takes all", rounds, "many", "one", "events/s", "that rule alone", least=0.9)
    yield compared(5, "CPU of it, an event", rounds, "cpu_many", "cpu_one", "µs", "that rule alone")
    yield nothing_missing(5, sum(rounds["missing"]))


def many_channels(bench, channels=10):
    """Each channel has a rule that no event here fits, each tenant a target."""
    rounds, scale = Rounds(), bench.scale
    rules = {"never": {"pattern": {"type": ["com.example.never"]}, "to": ["sink"]}}
    sink = {"sink": http("http://127.0.0.1:9/sink")}
    tenant = {"targets": sink, "channels": {f"c{number}": {"rules": rules} for number in range(channels)}}
    files = [{f"t{number}": tenant for number in range(first, min(first + 100, scale.tenants))} for first in range(0, scale.tenants, 100)]
    with bench.running() as running:
        begun = time.monotonic()
        daemon = running.daemon(files)
        first_start = time.monotonic() - begun
        load = bench.place.bench("spread_load")
        for number in bench.rounds():
            for name, tenants, each in turn_about(number, ("one", 1, 1), ("spread", scale.tenants, channels)):
                before_us = daemon.cpu_us()
                rate = bench.place.run(load, daemon.port, tenants, each, CONNECTIONS, scale.seconds, seconds=scale.seconds)["events_per_second"]
                rounds.add(**{name: rate, f"cpu_{name}": (daemon.cpu_us() - before_us) / (rate * scale.seconds)})
        resident = daemon.resident_mib()
        daemon.end()
        restart = daemon.start()
    count = f"{scale.tenants * channels:,} channels of {scale.tenants:,} tenants"
    yield compared(6, f"ingest spread over {count}", rounds, "spread", "one", "events/s", "into one of them", least=0.8)
    yield compared(6, "CPU of it, an event", rounds, "cpu_spread", "cpu_one", "µs", "into one of them")
    yield bounded(6, "resident after it", resident, "MiB", most=1024)
    yield bounded(6, "start with all of them, the slower one", max(first_start, restart), "s",
                  f"a new store {with_unit(first_start, 's')}, again {with_unit(restart, 's')}", most=2)


# --- 8, 9: what else there is, and nothing to do ----------------------------------------------------------------------

def others(bench):
    scale, measured = bench.scale, {}
    kinds = {"bullmq": ("Fastify, BullMQ, Redis (AOF always)", 5.5, 1 / 9), "jetstream": ("Fastify, JetStream R1 (not synced), pusher", None, None)}
    with bench.running() as running:
        target, relays, missing_peer = running.target(), {}, {}
        daemon = running.daemon(one_rule(target))
        for name in kinds:
            try:
                relays[name] = getattr(peers, name)(running, target)
            except Unmeasured as why:
                missing_peer[name] = str(why)
        for relay in relays.values():  # Node's code is compiled on the way
            pass_through(relay, target, scale)
        for _ in bench.rounds():
            for name, relay in {"daemon": daemon, **relays}.items():
                passed = pass_through(relay, target, scale)
                measured.setdefault(name, Rounds()).add(rate=passed.rate, cpu=passed.cpu_us, missing=passed.missing)
    for name, (label, least, most) in kinds.items():
        if name in missing_peer:
            yield unmeasured(8, label, missing_peer[name])
            continue
        both = Rounds()
        for key in ("rate", "cpu"):
            both.values[key], both.values[f"their_{key}"] = measured["daemon"][key], measured[name][key]
        yield compared(8, "end to end", both, "rate", "their_rate", "events/s", label, least=least)
        yield compared(8, "CPU of it, an event", both, "cpu", "their_cpu", "µs", label, most=most)
    yield nothing_missing(8, sum(measured["daemon"]["missing"]))
    for name in relays:
        yield Figure(8, f"events missing, {kinds[name][0]}", f"{sum(measured[name]['missing']):,}")


def idle(bench):
    with bench.running() as running:
        directory, ingest_port, admin_port = running.directory("idle"), free_port(), free_port()
        command = [bench.place.signalbox, "serve", "--config", bench.place.root / "config/quickstart.yaml"]
        for setting in (f"store.path={directory / 'store'}", f"server.ingest.listen=127.0.0.1:{ingest_port}",
                        f"server.admin.listen=127.0.0.1:{admin_port}"):
            command += ["--set", setting]
        daemon = running.program(command, directory / "log")

        def ready():
            with contextlib.suppress(OSError):
                return bool(ask(admin_port, "/readyz"))
        daemon.wait_for(ready, "the daemon's start")
        time.sleep(10)  # the store fills the log's next segment first
        before_us, begun = daemon.precise_cpu_us(), time.monotonic()
        time.sleep(bench.scale.idle_seconds)
        share = (daemon.precise_cpu_us() - before_us) / (time.monotonic() - begun) / 1e4
        resident = daemon.resident_mib()
    yield bounded(9, "idle with the quickstart's configuration, resident", resident, "MiB", most=30)
    yield bounded(9, f"its CPU over {short(bench.scale.idle_seconds)} s", share, "%", most=0.1)


GOALS = {1: ingest, 2: batches, 3: end_to_end, 4: latency, 5: many_rules, 6: many_channels, 7: waiting, 8: others, 9: idle}
