/** What `run --force SELECTOR` runs when something above it, selected or not, stands failed. */
import { expect, test } from 'vitest';
import { idOf, Rig } from './rig.ts';

/** `check` stands failed, and blocks `mart` and, through it, `extract`; then objflow starts anew with what is selected. */
function afterFailure(...selected: readonly string[]): Rig {
  const rig = new Rig();
  rig.job('load: in.csv -> table:raw');
  rig.job('check: in.csv -> table:checked');
  rig.job('mart: table:raw table:checked -> table:mart');
  rig.job('extract: table:mart -> table:out');
  rig.look([[idOf('in.csv'), { version: 'v1' }]]);
  rig.open();
  rig.exit('load', 0, 'new');
  rig.exit('check', 0, 'new');
  rig.exit('mart', 0, 'new');
  rig.exit('extract', 0, 'new');
  rig.look([[idOf('in.csv'), { version: 'v2' }]]);
  rig.exit('load', 0, 'new');
  rig.exit('check', 1, 'nothing');
  rig.select(selected);
  rig.crash();
  return rig;
}

const force = (rig: Rig, ...tasks: readonly string[]): void => {
  rig.send({ type: 'asked', at: rig.now, what: 'force', tasks });
};
const phases = (rig: Rig): string =>
  rig
    .status()
    .map(({ task, phase }) => `${task} ${phase}`)
    .join(', ');

test('what is not selected blocks what is selected, but not what is forced', () => {
  const rig = afterFailure('mart', 'extract');
  expect(phases(rig)).toBe('load succeeded, check failed, mart blocked, extract succeeded');
  force(rig, 'mart', 'extract');
  expect(phases(rig)).toBe('load succeeded, check failed, mart running, extract held');
  rig.exit('mart', 0, 'new');
  expect(phases(rig)).toBe('load succeeded, check failed, mart succeeded, extract running');
});

test('what is selected and fails blocks what is forced, and is the one that is named', () => {
  const rig = afterFailure('mart', 'extract');
  force(rig, 'mart', 'extract');
  rig.exit('mart', 1, 'nothing');
  const extract = rig.status().find(({ task }) => task === 'extract');
  expect(extract?.phase).toBe('blocked');
  expect(extract?.reasons.map(({ message }) => message)).toEqual(['blocked by mart, which failed']);
});

test('over what is not selected nothing is blocked, as nothing is held', () => {
  const rig = afterFailure('check', 'extract');
  force(rig, 'extract');
  expect(phases(rig)).toBe('load succeeded, check failed, mart blocked, extract running');
});
