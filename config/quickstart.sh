#!/usr/bin/env bash
# Builds Signalbox and shows it at work: about a hundred of GitHub's webhooks go in as CloudEvents, seven rules sort
# them, three targets take them well or badly, and you see what became of each.
#
#   config/quickstart.sh            shows it and ends
#   config/quickstart.sh --stay     leaves the daemon and the targets running until Ctrl-C
#
# Needs Debian 12 and its packages, which it installs (as root, or through sudo), and npm for the example webhooks.
# Everything it makes is in build/.  With SIGNALBOX_BINARY=/path/to/signalbox it builds nothing and runs that.
set -euo pipefail

stay=no
case ${1-} in
  '') ;;
  --stay) stay=yes ;;
  -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "unknown option $1; see --help" >&2; exit 2 ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd)
home=$root/build/quickstart
here=$root/config/quickstart
examples=@octokit/webhooks-examples@7.6.1
ingest=http://127.0.0.1:8080 admin=http://127.0.0.1:8081 target=http://127.0.0.1:9000 channel=demo/github

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[[ -t 1 && -z ${NO_COLOR-} ]] || step() { printf '\n== %s\n' "$*"; }
fail() { echo "quickstart: $*" >&2; exit 1; }
show() {  # prints a command as one would type it, then runs it
  printf '$ signalbox'; printf ' %s' "$@"; printf '\n'
  "$signalbox" "$@"
}

# --- what is needed ---------------------------------------------------------------------------------------------------
build() {
  step "Building (a few minutes the first time, seconds after that)"
  export CCACHE_DIR=${CCACHE_DIR:-$root/build/.ccache}
  mkdir -p "$root/build"
  local log=$root/build/quickstart-build.log
  local options=()
  # Without the tests, whose libraries may not be there.
  [[ -f $root/build/release/CMakeCache.txt ]] || options=(-DCMAKE_UNITY_BUILD=ON -DSIGNALBOX_TESTS=OFF)
  (cd "$root" && cmake --preset release "${options[@]}") >"$log" 2>&1 || { tail -40 "$log" >&2; fail "cmake failed; all of it: $log"; }
  if [[ -t 1 ]]; then
    NINJA_STATUS='[%f/%t] ' cmake --build "$root/build/release" --target signalbox || fail "the build failed"
  else  # a line every half minute
    NINJA_STATUS='[%f/%t] ' cmake --build "$root/build/release" --target signalbox 2>&1 | tee -a "$log" | progress ||
      { tail -40 "$log" >&2; fail "the build failed; all of it: $log"; }
  fi
}

progress() {
  local last=$SECONDS done
  while read -r done _; do
    if [[ $done == \[* ]] && ((SECONDS - last >= 30)); then echo "  built $done"; last=$SECONDS; fi
  done
}

fetch_webhooks() {
  index=$home/webhooks/package/api.github.com/index.json
  [[ -s $index ]] && return
  step "Fetching example webhooks: npm package $examples"
  mkdir -p "$home/webhooks"
  (cd "$home/webhooks" && npm pack --silent "$examples" >/dev/null && tar xzf ./*.tgz) ||
    fail "npm could not fetch $examples: is there a way to the npm registry?"
}

free() {
  ! (exec 3<>"/dev/tcp/127.0.0.1/${1##*:}") 2>/dev/null ||
    fail "port ${1##*:} of 127.0.0.1 is taken, and is wanted for $2: stop what listens there (ss -ltnp 'sport = :${1##*:}')"
}

# --- running ----------------------------------------------------------------------------------------------------------
source "$root/config/programs.sh"

wait_for() {  # wait_for SECONDS WHAT COMMAND...
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < deadline)) || fail "$what did not happen in time; logs are in $run"
    for pid in "${started[@]}"; do kill -0 "$pid" 2>/dev/null || { tail -20 "$run"/*.log >&2; fail "a process ended early; logs are in $run"; }; done
    sleep 0.2
  done
}
says_ready() { grep -q ready "$run/demo_target.out"; }
is_ready() { curl -fsS -o /dev/null "$admin/readyz" 2>/dev/null; }
pending() { "$signalbox" status --json | jq .pending; }
nothing_pending() { [[ $(pending) == 0 ]]; }

start() {
  free "$ingest" "events"
  free "$admin" "the admin API"
  free "$target" "the demo targets"
  run=$home/run-$(date -u +%Y%m%dT%H%M%SZ)
  mkdir -p "$run"
  step "Starting a target on $target and the broker (events: $ingest, admin: $admin)"
  python3 "$here/demo_target.py" "${target##*:}" "$run/attempts.log" >"$run/demo_target.out" 2>"$run/demo_target.log" &
  started+=($!)
  wait_for 10 "the start of the demo target" says_ready
  "$signalbox" serve --config "$root/config/quickstart.yaml" --set "store.path=$run/store" 2>"$run/signalbox.log" &
  started+=($!)
  wait_for 20 "the start of the broker" is_ready
  cat "$run/signalbox.log"
}

send_events() {
  step "Sending one event by hand, with curl"
  local answer
  answer=$(curl -fsS "$ingest/v1/$channel/events" -H 'ce-specversion: 1.0' -H "ce-id: by-hand-$$" -H 'ce-type: com.github.push' \
    -H 'ce-source: /github/you/your-repository' -H 'Content-Type: application/json' -d '{"ref":"refs/heads/main","forced":false}')
  cat <<END
\$ curl $ingest/v1/$channel/events -H 'ce-specversion: 1.0' -H 'ce-id: by-hand-$$' -H 'ce-type: com.github.push' \\
    -H 'ce-source: /github/you/your-repository' -H 'Content-Type: application/json' -d '{"ref":"refs/heads/main","forced":false}'
$answer
END
  step "Sending $(wc -l <"$run/events.jsonl") of GitHub's webhooks as CloudEvents, in one batch"
  show send "$channel" --events "$run/events.jsonl"
  wait_for 90 "the end of all deliveries" nothing_pending
}

show_what_happened() {
  step "What became of each event: the answers of the targets, attempt by attempt"
  python3 "$here/journeys.py" "$admin" "${channel%/*}" "${channel#*/}"
  step "Rule by rule"
  show rules "$channel"
}

show_dead_letter() {
  step "A dead letter: kept with its event and every attempt, until somebody decides"
  show dead-letters "$channel" --rule releases --limit 1
  local seq
  seq=$("$signalbox" dead-letters "$channel" --rule releases --limit 1 --json | jq '.dead_letters[0].seq')
  step "The target is repaired, and the dead letter driven again"
  curl -fsS -X PUT -d '' "$target/broken/repaired"
  show redrive "$channel" --rule releases --seq "$seq"
  wait_for 30 "the redrive" nothing_pending
  echo
  show event "$channel" "$seq"
}

if [[ -n ${SIGNALBOX_BINARY-} ]]; then
  signalbox=$SIGNALBOX_BINARY
  [[ -x $signalbox ]] || fail "SIGNALBOX_BINARY=$signalbox is no program"
else
  signalbox=$root/build/release/signalbox
  "$root/.ci/install-packages" build
  build
fi
"$root/.ci/install-packages" run
fetch_webhooks
start
python3 "$here/github_events.py" "$index" >"$run/events.jsonl"
send_events
show_what_happened
show_dead_letter

step "Done"
cat <<END
Store, logs and events of this run: $run (rm -r build/quickstart removes all runs)
The configuration: config/quickstart.yaml.  The program: $signalbox (--help).
END
if [[ $stay == yes ]]; then
  cat <<END
Still running, until Ctrl-C.  In another shell:
  $signalbox tail $channel
  $signalbox send $channel --type com.github.push --source /github/me --data '{"ref":"refs/heads/main","forced":false}'
  $signalbox events $channel --rule default-branch-pushes
  curl $admin/metrics
END
  wait "${started[1]}" || true
fi
