/** `objflow` at its start. */
import { times } from './measure.js';

function start(sheet, { bin, quick }) {
  const rounds = quick ? 3 : 5;
  sheet.figure('node -e 0', 'ms', times(rounds, process.execPath, '-e', '0'));
  sheet.figure('objflow --version', 'ms', times(rounds, process.execPath, bin, '--version'));
}

export const runSuite = { start };
