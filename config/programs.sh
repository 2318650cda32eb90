# shellcheck shell=bash
# Sourced by the scripts beside it: the programs that one has started end with it.

started=()  # their process ids
stop() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  started=()
}
trap stop EXIT
trap 'exit 130' INT TERM
