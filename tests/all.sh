#!/bin/sh
# All tests, in rows beside each other: most of them wait for servers, browsers and seconds. Each row takes the next
# line when it is free, so that the rows balance themselves; what lasts longest stands first.
# The spiders have a line to themselves: their runs are forked from pytest and count its memory as theirs, so that
# it must be young. Rooms that need Elasticsearch share a line and its nodes. New rooms are found by `others`.
# ROWS=3 tries more beside each other.
set -u
cd "$(dirname "$0")/.."
first="tests/browser
tests/spiders"
then="tests/schedule
tests/search tests/compose tests/dashboards
tests/demo"
others=tests
for room in $first $then; do others="$others --ignore=$room"; done

# The register syncs every write, and here are a hundred thousand: they go to memory where it has room and lets
# programs run, else to the disk. Which calls are made, in which order, is tested alike on both.
shm=/dev/shm
room() { df -Pk "$shm" 2>/dev/null | awk 'NR == 2 && $4 > 6000000' | grep -q . &&
    awk '$1 == "MemAvailable:" && $2 > 10000000' /proc/meminfo 2>/dev/null | grep -q . &&
    ! grep -q " $shm [^ ]* [^ ]*noexec" /proc/mounts; }
if [ -z "${TMPDIR:-}" ] && room; then TMPDIR=$shm; fi
told=$(mktemp -d "${TMPDIR:-/tmp}/t.XXXX")  # short: addresses of sockets in it have at most 108 bytes
trap 'rm -rf "$told"' EXIT
chmod 711 "$told"  # PostgreSQL's own user passes through
mkdir "$told/shared"
TMPDIR=$told TESTS_SHARED=$told/shared
export told TMPDIR TESTS_SHARED

printf '%s\n' "$first" "$others" "$then" | xargs -P "${ROWS:-2}" -I '{}' sh -c '
    said=$(mktemp -p "$told")
    .venv/bin/pytest -m "not sweep" {} > "$said" 2>&1
    code=$?
    printf "\n%s: exit %s\n%s\n" "{}" "$code" "$(cat "$said")"
    exit "$code"'
