#!/usr/bin/env bash
# Makes the tables that the benchmarks need (once), and runs them. Usage: bench/run.sh PROGRAM FOLDER [ROWS...]
# Without ROWS 100,000 and 1,000,000; 10000000 is for who has the time (its table is made in half an hour) and asks.
# What each line says is explained in exploration_bench.cpp.
set -euo pipefail
program=$1 folder=$2
shift 2
[ $# -gt 0 ] || set -- 100000 1000000
root=$(cd "$(dirname "$0")/.." && pwd)
shared=${INSIGHTS_SHARED:-$root/../shared}
generator=$shared/bench/gen_sales.py
if [ ! -f "$generator" ]; then
  echo "SKIPPED: the generator $generator is not here" >&2
  exit 0
fi
mkdir -p "$folder"
for rows in "$@"; do
  csv=$folder/sales_$rows.csv
  [ -f "$folder/sales_$rows.parquet" ] || [ -f "$csv" ] || python3 "$generator" --rows "$rows" --seed 7 --out "$csv"
  "$program" "$csv" "$folder/sales_$rows.parquet" "$root/data/vocabulary.toml"
  rm -f "$csv"
done
