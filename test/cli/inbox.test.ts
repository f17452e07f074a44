/** Taking announcements out of the inbox: all of them, in their order, and never round in circles for one that stays. */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { assert, expect, test } from 'vitest';
import { takeAnnouncements } from '../../src/cli/inbox.ts';
import { asVersion, objectId } from '../../src/core/object.ts';
import type { Announced, Engine } from '../../src/engine/engine.ts';
import { announce, inboxOf, readInbox } from '../../src/journal/inbox.ts';
import { Project, stage } from '../engine/rig.ts';
import { directory, good } from '../journal/fixtures.ts';

const count = 1100;

/** A state of which so many announcements wait, and an engine that records them. */
function many() {
  const state = path.join(directory(), 'state.jsonl');
  const made = Array.from({ length: count }, (_, n) => {
    return { object: objectId('table', `t${n}`), version: asVersion('1'), at: n };
  });
  good(announce(state, made));
  const s = stage(new Project('job: table:{t} ->'));
  const taken: number[] = [];
  /** The engine, of which one is told what it is asked. */
  const engineThat = (asked: (announced: readonly (Announced & { readonly file?: string })[]) => void): Engine => ({
    ...s.engine,
    announce(announced) {
      taken.push(announced.length);
      assert(taken.length < 10, 'it goes round in circles');
      const recorded = s.engine.announce(announced);
      asked(announced);
      return recorded;
    },
  });
  const warnings: string[] = [];
  return {
    s,
    state,
    made,
    taken,
    warnings,
    waiting: (): number => readInbox(state, count).announcements.length,
    take: (asked: Parameters<typeof engineThat>[0] = () => {}): void =>
      takeAnnouncements(state, engineThat(asked), (message) => warnings.push(message)),
  };
}

test('more than are recorded together are all taken, in the order in which they were made', () => {
  const { s, made, taken, waiting, warnings, take } = many();
  take();
  expect(taken).toEqual([1000, 100]);
  expect(s.journal.records.map((record) => 'object' in record && record.object)).toEqual(
    made.map(({ object }) => object),
  );
  expect(waiting()).toBe(0);
  expect(warnings).toEqual([]);
});

test('what the journal has no room for waits', () => {
  const { s, taken, waiting, take } = many();
  s.journal.hasRoom = false;
  take();
  expect(taken).toEqual([1000]);
  expect(waiting()).toBe(count);
});

test('what cannot be removed ends it: it would be taken again and again', () => {
  const { state, taken, waiting, take } = many();
  take((announced) => {
    const file = path.join(inboxOf(state), announced[0]?.file ?? '');
    rmSync(file);
    mkdirSync(file);
  });
  expect(taken).toEqual([1000]);
  expect(waiting()).toBe(count - 1000);
});
