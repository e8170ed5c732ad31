#!/usr/bin/env bash
# A first exploration, no key, no server: the example table, then a made-up company of 200,000 invoice lines. Findings on
# the screen, and reports to open in a browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

insights=build/release/src/cli/insights
example=examples/primary_sales
folder=build/demo
mkdir -p "$folder"

echo "1. Twelve rows: insights explore $example/primary_sales.csv --metadata $example/metadata"
echo
"$insights" explore "$example/primary_sales.csv" --metadata "$example/metadata" --output - --output "$folder/report.html"
echo
echo "2. A company with 200,000 invoice lines, in four tables, made up with insights planted in it:"
echo "   insights generate --rows 200000 --output $folder/company --describe"
echo "   insights explore $folder/company/data --metadata $folder/company/metadata --top 40 --output ..."
echo
"$insights" generate --rows 200000 --output "$folder/company" --describe
echo
"$insights" explore "$folder/company/data" --metadata "$folder/company/metadata" --top 40 \
  --output "$folder/company.txt" --output "$folder/company.html" --output "$folder/company.json"
lines=110  # about ten findings
head -n "$lines" "$folder/company.txt"
echo
echo "... and so on: all of it is in $folder/company.txt"
echo
echo "What was planted, and what of it was found: insights bench $folder/company.json $folder/company/truth.json"
echo
"$insights" bench "$folder/company.json" "$folder/company/truth.json"
echo
echo "The same reports with charts and proofs, to open in a browser:"
echo "  $PWD/$folder/report.html"
echo "  $PWD/$folder/company.html"
