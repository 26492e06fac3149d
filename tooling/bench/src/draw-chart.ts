import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { drawDecideChart } from './chart/decide-chart.ts';
import { type DecideResult, withDecideSection } from './chart/decide-section.ts';
import { PLACES } from './chart/places.ts';

const result: DecideResult = JSON.parse(readFileSync(PLACES.results, 'utf8'));
mkdirSync(dirname(PLACES.chart), { recursive: true });
writeFileSync(PLACES.chart, drawDecideChart(result.rows, result.machine));
writeFileSync(PLACES.readme, withDecideSection(readFileSync(PLACES.readme, 'utf8'), result));
console.log('Drawn: packages/core/docs/decide.svg, and its section in packages/core/README.md.');
