#!/usr/bin/env bash
# A first exploration: the example table, no key, no server. Findings on the screen, and a report to open in a browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

example=examples/primary_sales
report=build/demo/report.html
mkdir -p "$(dirname "$report")"
echo "insights explore $example/primary_sales.csv --metadata $example/metadata --output - --output $report"
echo
build/release/src/cli/insights explore "$example/primary_sales.csv" --metadata "$example/metadata" --output - --output "$report"
echo
echo "The same report with charts and proofs, to open in a browser: $PWD/$report"
