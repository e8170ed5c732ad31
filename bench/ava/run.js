// Reads a CSV file into rows, asks @antv/ava for insights with its default settings, and prints how
// many milliseconds the call took.
const fs = require('fs');
const {getInsights} = require('@antv/ava');

const lines = fs.readFileSync(process.argv[2], 'utf8').trimEnd().split('\n');
const names = lines[0].split(',');
const rows = lines.slice(1).map((line) => {
  const cells = line.split(',');
  const row = {};
  names.forEach((name, i) => {
    const number = Number(cells[i]);
    row[name] = cells[i] === '' ? null : Number.isNaN(number) ? cells[i] : number;
  });
  return row;
});
// A row number is no dimension: theirs is spared it.
for (const row of rows) delete row.order_id;
const measures = names.filter((name) => name !== 'order_id' && typeof rows[0][name] === 'number');
const dimensions = names.filter((name) => name !== 'order_id' && !measures.includes(name));

const begin = process.hrtime.bigint();
const {insights} = getInsights(rows, {
  limit: 20,
  measures: measures.map((name) => ({fieldName: name, method: 'SUM'})),
  dimensions: dimensions.map((name) => ({fieldName: name})),
});
const took = Number((process.hrtime.bigint() - begin) / 1000000n);
if (insights.length === 0) throw new Error('no insights: this measures nothing');
console.log(took);
