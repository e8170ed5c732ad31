#!/usr/bin/env bash
# How much faster is a whole exploration than @antv/ava's getInsights on the same table, in the same run?
# Usage: bench/ava.sh INSIGHTS FOLDER [ROWS...]
# Installs @antv/ava (a JavaScript library; needs node and npm) into FOLDER, makes the tables with the generator
# (once), and runs both side by side in turn. Ours is the whole program, from its start to the written report; theirs
# is the call alone, on rows that are already in memory; it is stopped after AVA_SECONDS_MAX (300), and what is told
# then is what it took at least. Best of two; a call of more than a minute is not repeated. Fails when ours is not 20
# times faster at 100,000 rows.
set -euo pipefail
insights=$(readlink -f "$1") folder=$2
shift 2
[ $# -gt 0 ] || set -- 10000 100000
root=$(cd "$(dirname "$0")/.." && pwd)
generator=${INSIGHTS_SHARED:-$root/../shared}/bench/gen_sales.py
if [ ! -f "$generator" ]; then
  echo "SKIPPED: the generator $generator is not here" >&2
  exit 0
fi
if ! command -v npm >/dev/null; then
  echo "SKIPPED: npm is not installed" >&2
  exit 0
fi
mkdir -p "$folder/ava"
if [ ! -d "$folder/ava/node_modules/@antv/ava" ]; then
  cp "$root/bench/ava/package.json" "$folder/ava/"
  npm install --prefix "$folder/ava" --no-audit --no-fund --silent
fi
cp "$root/bench/ava/run.js" "$folder/ava/"
status=0
limit=${AVA_SECONDS_MAX:-300}
for rows in "$@"; do
  csv=$folder/sales_$rows.csv
  [ -f "$csv" ] || python3 "$generator" --rows "$rows" --seed 7 --out "$csv"
  ours=999999 theirs=999999 at_least=""
  for _ in 1 2; do
    begin=$(date +%s%N)
    "$insights" explore "$csv" --quiet --threads 2 --format json --output "$folder/ava/ours.json"
    took=$((($(date +%s%N) - begin) / 1000000))
    [ "$took" -lt "$ours" ] && ours=$took
    [ "$theirs" -gt 60000 ] && [ "$theirs" -ne 999999 ] && continue
    if took=$(timeout "$limit" node --max-old-space-size=8192 "$folder/ava/run.js" "$csv"); then
      [ "$took" -lt "$theirs" ] && theirs=$took
    elif [ $? -eq 124 ]; then
      theirs=$((limit * 1000)) at_least="at least "
    else
      echo "@antv/ava failed on $csv" >&2
      exit 1
    fi
  done
  ratio=$((theirs / ours))
  echo "$rows rows: @antv/ava getInsights $at_least$theirs ms, insights explore $ours ms: $at_least$ratio times faster"
  if [ "$rows" -eq 100000 ] && [ "$ratio" -lt 20 ]; then status=1; fi
done
exit $status
