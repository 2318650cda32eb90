#!/usr/bin/env bash
# Builds Signalbox and runs every test; the last thing it prints is CTest's summary, its exit code says the same.
#
#   tests/run.sh            all of it: half an hour on two cores from nothing, minutes when little has changed
#   tests/run.sh --quick    the release build alone
#   tests/run.sh --within MINUTES   as all of it, but a sanitizer's build is not begun when that much time is over;
#                           what was left out is said
#
# release   g++, optimised: every test (unit, contract, conformance, fuzz, scenario, crash, style)
# asan      g++, AddressSanitizer and UndefinedBehaviorSanitizer: unit, contract and fuzz, but for glue that the scenarios
#           cover: api, client, config, daemon and loadtest
# tsan      g++, ThreadSanitizer: contracts, and unit of the modules that several threads meet in
# clang     clang 14's warnings about all of src/: it is the one that tells when a co_await is missing
#
# Needs Debian 12; installs the packages that are missing, as root or through sudo.  Everything it makes is in build/.
set -euo pipefail

quick=no
within=
case ${1-} in
  '') ;;
  --quick) quick=yes ;;
  --within) within=${2:?how many minutes} ;;
  -h | --help) sed -n '2,16s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "unknown option $1; see --help" >&2; exit 2 ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
export CCACHE_DIR=${CCACHE_DIR:-$root/build/.ccache}
export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-$(nproc)}
selection=$root/tests/ctest_selection.py
logs=$root/build/logs
mkdir -p "$logs"

say() { printf '[%3d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*"; }
quietly() {  # quietly LOG COMMAND...: what it prints is shown only when it fails
  local log=$logs/$1
  shift
  "$@" >"$log" 2>&1 </dev/null && return
  grep -E -A12 'error:|FAILED|Error' "$log" | tail -80 >&2 || true
  echo "failed: $*; all of it: $log" >&2
  exit 1
}
configure() {  # configure PRESET [OPTION...]
  quietly "$1-configure.log" cmake --preset "$@"
}
build() {  # build PRESET [TARGET...]
  local preset=$1
  shift
  quietly "$preset-build.log" cmake --build "build/$preset" -- -k 0 "$@"
}

say "packages"
.ci/install-packages build test
say "release: building"
configure release -DSIGNALBOX_TESTS=ON -DCMAKE_UNITY_BUILD=ON
build release
parts=(release)

if [[ $quick == no ]]; then
  for sanitizer in asan tsan; do
    if [[ -n $within ]] && ((SECONDS / 60 >= within)); then
      say "$sanitizer: LEFT OUT, $within minutes are over"
      continue
    fi
    say "$sanitizer: building"
    configure $sanitizer -DSIGNALBOX_TESTS=ON -DCMAKE_UNITY_BUILD=ON -DCMAKE_CXX_FLAGS_DEBUG=-g1
    mapfile -t targets < <("$selection" targets $sanitizer)
    ((${#targets[@]})) || { echo "$sanitizer: no tests found" >&2; exit 1; }
    build $sanitizer "${targets[@]}"
    parts+=($sanitizer)
  done
  say "clang: configuring"
  configure clang -DSIGNALBOX_TESTS=OFF
  parts+=(clang)
fi

say "testing"
"$selection" combine "${parts[@]}"
status=0
ctest --test-dir build/all-tests --output-on-failure --no-tests=error </dev/null || status=$?
exit $status
