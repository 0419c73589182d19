#!/bin/sh
# Everything that a linter can hold, side by side where it can be.
set -u
bin=.venv/bin
failed=0
logs=$(mktemp -d)
export PATROL_HOME="$logs/home"  # nothing of this machine's own data directory is touched
trap 'rm -rf "$logs"' EXIT
run() { name=$1; shift; ( "$@" >"$logs/$name" 2>&1; echo $? >"$logs/$name.rc" ) & }
run types $bin/mypy
run lint $bin/ruff check .
run format $bin/ruff format --check .
run rooms $bin/lint-imports
run templates $bin/djlint --quiet --lint --check patrol/web/templates
run config $bin/patrol check
run shapes $bin/ast-grep scan -c tests/gates/sgconfig.yml patrol spiders pipelines dashboards benches
run shape-examples $bin/ast-grep test -c tests/gates/sgconfig.yml --skip-snapshot-tests
# What ruff's own security rules and the shapes hold with a reason at each place is not asked twice.
run careless $bin/bandit -q -ll -s B104,B301,B308,B310,B506,B608,B703 -r patrol spiders pipelines dashboards benches
run house $bin/pytest -q tests/test_rooms.py
wait
for rc in "$logs"/*.rc; do
    name=$(basename "$rc" .rc)
    if [ "$(cat "$rc")" = 0 ]; then echo "ok      $name"; else echo "FAILED  $name"; cat "$logs/$name"; failed=1; fi
done
exit $failed
