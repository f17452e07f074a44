/**
 * Taking announcements and requests out of the inbox: all of them, in their order, and never round in circles for one that
 * stays.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { assert, describe, expect, onTestFinished, test } from 'vitest';
import { asVersion, objectId } from '../../src/core/object.ts';
import type { Announced, Engine } from '../../src/engine/engine.ts';
import { announce, inboxOf, peekRequests, readInbox, request } from '../../src/journal/inbox.ts';
import { takeAnnouncements, watchInbox } from '../../src/orchestrator/inbox.ts';
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

describe('what is asked', () => {
  async function asked() {
    const state = path.join(directory(), 'state.jsonl');
    const p = new Project('job: table:{t} ->');
    const s = stage(p);
    s.announce('table:a');
    await s.run();
    await s.exit('job[t=a]');
    good(request(state, { what: 'reset', tasks: ['job[t=a]', 'job[t=b]'], at: 1 }));
    const told: string[] = [];
    const take = (): void =>
      takeAnnouncements(
        state,
        s.engine,
        () => assert(false),
        ({ what, tasks, left }) => told.push(`${what} ${tasks} ${left}`),
      );
    return { s, state, told, take };
  }

  test('is done, recorded, taken out and told', async () => {
    const { s, state, told, take } = await asked();
    take();
    await s.calm();
    expect(s.started()).toHaveLength(2);
    expect(told).toEqual(['reset 1 1']);
    expect(peekRequests(state)).toEqual([]);
  });

  test('stays while everything is looked at for the first time, and is asked once', async () => {
    const state = path.join(directory(), 'state.jsonl');
    good(request(state, { what: 'reset', tasks: ['job'], at: 1 }));
    const s = stage(new Project('job: table:a ->'));
    s.objects.lists.hold();
    takeAnnouncements(state, s.engine, () => {});
    await s.run();
    expect(peekRequests(state)).toHaveLength(1);
    s.objects.lists.release();
    await s.calm();
    expect(s.journal.records.map(({ type }) => type)).toEqual(['asked']);
    expect(peekRequests(state)).toEqual([]);
  });

  test('stays where it could not be recorded', async () => {
    const { s, state, told, take } = await asked();
    s.journal.hasRoom = false;
    take();
    await s.calm();
    expect(told).toEqual([]);
    expect(peekRequests(state)).toHaveLength(1);
  });

  test('and cannot be taken out: a daemon does not do it again and again', async () => {
    const { s, state, told } = await asked();
    const engine: Engine = {
      ...s.engine,
      ask(asking, heard) {
        const file = path.join(inboxOf(state), peekRequests(state)[0]?.file ?? '');
        rmSync(file);
        mkdirSync(file);
        return s.engine.ask(asking, heard);
      },
    };
    const warnings: string[] = [];
    const watch = good(
      await watchInbox(
        state,
        engine,
        (message) => warnings.push(message),
        ({ what }) => told.push(what),
      ),
    );
    onTestFinished(watch.close);
    for (let times = 0; times < 3; times += 1) {
      watch.check();
      await s.calm();
    }
    expect({ told, warnings }).toEqual({ told: ['reset'], warnings: [] });
    expect(s.started()).toHaveLength(2);
  });
});
