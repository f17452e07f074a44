/** Whether anything is heard of a file system: found out by trying, with an ear that is deaf where the test says so. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Listen, listen } from '../../src/objects/hints.ts';
import { whyMute } from '../../src/objects/mute.ts';
import { ear, place } from './rig.ts';

test('a file system that tells of the probe is not mute', async () => {
  const { root, at, write } = place();
  write('in/a.csv');
  expect(await whyMute(at('in'), at('in'), listen)).toBeUndefined();
  expect(readdirSync(root)).toEqual(['in']);
  expect(readdirSync(at('in'))).toEqual(['a.csv']);
});

test('one that tells nothing of it is, and the probe leaves nothing behind', async () => {
  const here = place();
  const { listen: deaf, live } = ear(here);
  here.write('own/state');
  expect(await whyMute(here.root, here.at('own'), deaf)).toBe('a file that was written there to try was not heard of');
  expect(live()).toEqual([]);
  expect(readdirSync(here.at('own'))).toEqual(['state']);
});

test('what a probe that was killed has left goes with the next', async () => {
  const { root, write } = place();
  write('.objflow-probe');
  expect(await whyMute(root, root, listen)).toBeUndefined();
  expect(readdirSync(root)).toEqual([]);
});

test('other names do not count for the probe, and a hint without a name does', async () => {
  const { root } = place();
  const says =
    (name: string | undefined): Listen =>
    async (_, { heard }) => {
      const timer = setInterval(() => heard(name, true), 10);
      return () => clearInterval(timer);
    };
  expect(await whyMute(root, root, says('other'))).toMatch(/not heard of/);
  expect(await whyMute(root, root, says(undefined))).toBeUndefined();
});

test('where nothing can be tried there is the benefit of the doubt', async () => {
  const here = place();
  const { listen: deaf, live, failing } = ear(here);
  expect(await whyMute(here.root, here.at('nowhere'), deaf)).toBeUndefined();
  expect(live()).toEqual([]);
  // It is polled for that reason then.
  failing.set('', 'ENOSPC');
  expect(await whyMute(here.root, here.root, deaf)).toBeUndefined();
});
