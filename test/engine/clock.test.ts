import { expect, onTestFinished, test } from 'vitest';
import { clockOffset, systemClock } from '../../src/engine/clock.ts';

test('a wall clock that is set an hour back, or a day ahead, moves no deadline, and is known to have been set', () => {
  const { now } = Date;
  onTestFinished(() => {
    Date.now = now;
  });
  const began = systemClock.now();
  expect(Math.abs(clockOffset())).toBeLessThan(1000);
  for (const change of [-3_600_000, 86_400_000]) {
    Date.now = () => now() + change;
    expect(Math.abs(clockOffset() - change)).toBeLessThan(1000);
    expect(systemClock.now() - began).toBeLessThan(10_000);
    expect(systemClock.now()).toBeGreaterThanOrEqual(began);
  }
});
