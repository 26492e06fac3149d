import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { drawDecideChart } from './chart/decide-chart.ts';
import { type DecideResult, withDecideSection } from './chart/decide-section.ts';
import { PLACES } from './chart/places.ts';
import { drawVerifyChart } from './chart/verify-chart.ts';
import { type LoadResult, type VerifyResult, verifyBars, withVerifySection } from './chart/verify-section.ts';
import { type MillionResult, type RemovalResult, withWorkerSection } from './chart/worker-section.ts';

const result: DecideResult = JSON.parse(readFileSync(PLACES.results, 'utf8'));
mkdirSync(dirname(PLACES.chart), { recursive: true });
writeFileSync(PLACES.chart, drawDecideChart(result.rows, result.machine));
writeFileSync(PLACES.readme, withDecideSection(readFileSync(PLACES.readme, 'utf8'), result));
const { results, chart, document } = PLACES.verify;
const verify: VerifyResult | null = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : null;
const load: LoadResult = JSON.parse(readFileSync(PLACES.verify.load, 'utf8'));
if (verify !== null) writeFileSync(chart, drawVerifyChart(verifyBars(verify), verify.machine));
writeFileSync(document, withVerifySection(readFileSync(document, 'utf8'), verify, load));
const { worker } = PLACES;
const removal: RemovalResult = JSON.parse(readFileSync(worker.removal, 'utf8'));
const million: MillionResult | null = existsSync(worker.million)
  ? JSON.parse(readFileSync(worker.million, 'utf8'))
  : null;
writeFileSync(worker.document, withWorkerSection(readFileSync(worker.document, 'utf8'), removal, million));
console.log('Written: the section in packages/worker/README.md.');
console.log('Drawn: docs/verify.svg where there are results of it, and the section in docs/verification.md.');
console.log('Drawn: packages/core/docs/decide.svg, and its section in packages/core/README.md.');
