#!/usr/bin/env bash
# A first exploration: the example table, no key, no server. Findings on the screen, and a report to open in a browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

example=examples/primary_sales
report=build/demo/report.html
mkdir -p "$(dirname "$report")"
set -x
build/release/src/cli/insights explore "$example/primary_sales.csv" --metadata "$example/metadata" --output "$report"
