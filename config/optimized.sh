#!/usr/bin/env bash
# Builds the daemon twice: the first one counts what it does under a minute's load, and by that the second is compiled.
# It needs less CPU time for an event than one compiled once (docs/performance.md).
#
#   config/optimized.sh                                         makes build/optimized/signalbox
#   cpack -G DEB --config build/optimized/CPackConfig.cmake     makes the package of it
#
# Needs Debian 12 and its packages, which it installs (as root, or through sudo).  Everything it makes is in build/.
set -euo pipefail

case ${1-} in
  '') ;;
  -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "unknown option $1; see --help" >&2; exit 2 ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
home=$root/build/optimized
training=$home/training
daemon=$home/signalbox
export CCACHE_DIR=${CCACHE_DIR:-$root/build/.ccache}

say() { printf '[%3d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*"; }
fail() { echo "optimized: $*" >&2; exit 1; }

build() {  # build generate|use
  local log=$home/$1.log
  mkdir -p "$home"
  { cmake --preset optimized -DSIGNALBOX_PROFILE="$1" && cmake --build "$home" --target signalbox; } >"$log" 2>&1 ||
    { grep -E -A12 'error|FAILED' "$log" | tail -40 >&2; fail "the build failed; all of it: $log"; }
}

# --- the load ---------------------------------------------------------------------------------------------------------
source "$root/config/programs.sh"

free_port() {
  local port
  for _ in {1..100}; do
    port=$((20000 + RANDOM % 10000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  fail "no free port found"
}

start() {  # start NAME COMMAND...
  local name=$1
  shift
  "$@" >"$training/$name.log" 2>&1 &
  started+=($!)
}

wait_for_port() {
  for _ in {1..300}; do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    sleep 0.1
  done
  tail -5 "$training"/*.log >&2
  fail "nothing listens on port $1; logs are in $training"
}

send() { "$daemon" bench send --port "$ingest" --token-file "$training/token" --seconds 6 "$@" >>"$training/sent.log"; }

train() {
  rm -rf "$training" "$home/profile"
  mkdir -p "$training"
  local ingest admin target
  ingest=$(free_port) admin=$(free_port) target=$(free_port)
  (umask 077 && echo "${RANDOM}${RANDOM}-for-the-training" >"$training/token")
  cat >"$training/signalbox.yaml" <<YAML
server: { ingest: { listen: "127.0.0.1:$ingest" }, admin: { listen: "127.0.0.1:$admin" } }
store: { path: $training/store }
tenants:
  acme:
    keys: [{ name: all, token_file: $training/token, may: [publish, read] }]
    targets:
      one: { http: { url: "http://127.0.0.1:$target/one" } }
      two: { http: { url: "http://127.0.0.1:$target/two", mode: structured } }
    channels:
      plain: { rules: { all: { to: one } } }
      sorted:
        rules:
          some: { pattern: { type: [{ prefix: com.example. }], data: { total: [{ numeric: [">", 100] }], paid: [true] } }, to: one }
          none: { pattern: { data: { ship: { country: [SE, DK] } } }, to: two }
          shaped: { pattern: { data: { ship: { city: [{ suffix: gen }] } } }, to: two, transform: { set: { subject: "<\$.data.ship.city>" } } }
YAML
  start target "$daemon" bench target --port "$target"
  wait_for_port "$target"
  start daemon "$daemon" serve --config "$training/signalbox.yaml"
  wait_for_port "$ingest"
  for channel in plain sorted; do
    send --path "/v1/acme/$channel/events"
    send --path "/v1/acme/$channel/events" --mode structured --connections 8
    send --path "/v1/acme/$channel/events" --mode batch --connections 4 --rate 3000
    send --path "/v1/acme/$channel/events" --rate 500
  done
  sleep 5  # what waits goes out
  stop     # which is when the counts are written
  local counts
  counts=$(find "$home/profile" -name '*.gcda' | wc -l)
  ((counts > 0)) || fail "the daemon left no counts; logs are in $training"
  rm -rf "$training/store"
}

say "packages"
.ci/install-packages build
say "building what counts"
build generate
say "loading it"
train
say "building what was counted"
build use
say "$daemon"
