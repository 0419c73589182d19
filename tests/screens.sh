#!/bin/sh
# Every page as pictures in tests/screens, for a person to look at: each address of the workbench in every width, as
# tests/browser/reading/test_walk.py derives them, and what else takes pictures. English comes first. What was taken
# since the last change of a page or of a test is not taken again, so that what was stopped goes on where it stood.
# LANGUAGES=zh-hant takes one language; AGAIN=1 takes all anew.
set -u
cd "$(dirname "$0")/.."
languages=${LANGUAGES:-en zh-hant}
done="tests/screens/.done"
[ -z "${AGAIN:-}" ] || rm -rf "$done"
mkdir -p "$done"

changed() { # is anything that pages are made of newer than this part's mark?
    [ ! -e "$1" ] || [ -n "$(find patrol dashboards tests/browser tests/plugins tests/web/planting.py \( -name '*.py[co]' -o -name '*.mo' \) -prune -o \
        -type f -newer "$1" -print | head -n 1)" ]
}

echo "Looking for the tests that take pictures."
.venv/bin/pytest --collect-only -k "photographed or added_by_its_address" tests/browser >"$done/found" || {
    cat "$done/found"
    exit 1
}
all=0
for language in $languages; do
    all=$((all + $(grep -c "\[$language[]-]" "$done/found")))
done
at=0
failed=0
begun=$(date +%s)
for language in $languages; do
    for part in $(grep "\[$language[]-]" "$done/found"); do
        at=$((at + 1))
        mark="$done/$(basename "$part" | tr -c 'a-zA-Z0-9_\n-' .)"
        if ! changed "$mark"; then
            echo "$at of $all  $part  as it was"
            continue
        fi
        since=$(date +%s)
        touch "$mark.begun"
        # A hundred pages in three widths take longer on a busy machine than a test is given.
        if .venv/bin/pytest --timeout 3600 "$part" >"$mark.said" 2>&1; then
            mv "$mark.begun" "$mark"
            said=taken
        else
            cat "$mark.said"
            failed=1
            said=FAILED
        fi
        echo "$at of $all  $part  $said in $(($(date +%s) - since)) s"
    done
done
echo "A shift of forty leads by keyboard alone."
.venv/bin/pytest -m "not sweep" --timeout 3600 -q tests/browser/test_shift.py || failed=1
echo "$(find tests/screens -name '*.png' | wc -l) pictures in tests/screens, after $(($(date +%s) - begun)) s."
exit $failed
