/** Directories that are replaced under the daemon: it goes on hearing of what stands in their place. */
import fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Call, project, stop, those } from './rig.ts';

const job = (name: string, command: string): string => `jobs:\n  ${name}: { sources: in, run: '${command}' }\n`;

/** What is tested: an edit that only its own event tells of. Each reading is followed by another, after 100 ms. */
const calm = (): Promise<void> => setTimeout(500);

/** A daemon over the manifests of `jobs/`, one of which is there. */
async function watching() {
  const p = project(`version: 1\ninclude: [jobs/*.yaml]\n${job('root', 'true')}`);
  fs.mkdirSync(p.at('jobs'));
  fs.writeFileSync(p.at('jobs/a.yaml'), job('a', 'true'));
  const call = await p.watch();
  const reloaded = (change: 'added' | 'changed' | 'removed', name: string) =>
    call.line((line) => line.event === 'reloaded' && line[change]?.includes(name) === true);
  /** Edits made now are seen, one after the other. */
  const hears = async (): Promise<void> => {
    await calm();
    fs.writeFileSync(p.at('jobs/b.yaml'), job('b', 'echo once more'));
    await reloaded('changed', 'b');
    await calm();
    fs.writeFileSync(p.at('jobs/c.yaml~'), job('c', 'true'));
    fs.renameSync(p.at('jobs/c.yaml~'), p.at('jobs/c.yaml'));
    await reloaded('added', 'c');
    await calm();
    fs.rmSync(p.at('jobs/c.yaml'));
    await reloaded('removed', 'c');
    expect(those(await stop(call), 'warning')).toEqual([]);
  };
  return { p, reloaded, hears };
}

describe('a directory of manifests is replaced', () => {
  test('by another that is moved into its place', async () => {
    const { p, reloaded, hears } = await watching();
    fs.mkdirSync(p.at('new'));
    fs.writeFileSync(p.at('new/a.yaml'), job('a', 'true'));
    fs.writeFileSync(p.at('new/b.yaml'), job('b', 'true'));
    fs.renameSync(p.at('jobs'), p.at('old'));
    fs.renameSync(p.at('new'), p.at('jobs'));
    await reloaded('added', 'b');
    await hears();
  });

  test('by being removed and made again in the same moment', async () => {
    const { p, reloaded, hears } = await watching();
    fs.rmSync(p.at('jobs'), { recursive: true });
    fs.mkdirSync(p.at('jobs'));
    fs.writeFileSync(p.at('jobs/b.yaml'), job('b', 'true'));
    await reloaded('added', 'b');
    await hears();
  });

  test('by being removed, and made again when that is known', async () => {
    const { p, reloaded, hears } = await watching();
    fs.rmSync(p.at('jobs'), { recursive: true });
    await reloaded('removed', 'a');
    fs.mkdirSync(p.at('jobs'));
    fs.writeFileSync(p.at('jobs/b.yaml'), job('b', 'true'));
    await reloaded('added', 'b');
    await hears();
  });
});

test('the inbox is removed, and made again by whoever announces: all that is announced is taken', async () => {
  const p = project(`version: 1
objects: { 'table:raw/{t}': { external: true } }
jobs:
  build: { sources: 'table:raw/{t}', run: ':' }
`);
  const call: Call = await p.watch();
  const emitted = async (name: string): Promise<void> => {
    expect((await p.objflow('emit', `table:raw/${name}`)).status).toBe(0);
    await call.line(({ event, task }) => event === 'run-succeeded' && task === `build[t=${name}]`);
  };
  await emitted('a');
  fs.rmSync(p.at('.objflow/inbox'), { recursive: true });
  await emitted('b');
  await emitted('c');
  fs.renameSync(p.at('.objflow/inbox'), p.at('.objflow/old'));
  fs.mkdirSync(p.at('.objflow/inbox'), { recursive: true, mode: 0o700 });
  await emitted('d');
  await emitted('e');
  expect(those(await stop(call), 'warning')).toEqual([]);
});

describe('the whole project is removed: it ends, says why, and makes nothing of it again', () => {
  test.each(['at once', 'from within'])('%s', async (how) => {
    const p = project(`version: 1\n${job('root', 'true')}`);
    const call = await p.watch();
    if (how === 'from within') {
      await calm(); // the probe of the first moments has gone
      fs.rmSync(p.at('.objflow/inbox'), { recursive: true });
      await calm();
      expect(p.has('.objflow/inbox')).toBe(false);
      fs.rmSync(p.at('.'), { recursive: true });
    } else fs.rmSync(p.at('.'), { recursive: true, maxRetries: 10 }); // while it may probe
    const ended = await call.ended;
    expect(ended.err).toContain('the state');
    expect(ended.status).toBe(3);
    expect(p.has('.')).toBe(false);
  });
});
