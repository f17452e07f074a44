/** What the daemon costs: its start among many files, in time and memory, and its processor time while nothing happens. */
import { readFileSync } from 'node:fs';
import { within } from './children.js';
import { command, landByTurns, startBareChokidar, startObjflow, watching, withContenders } from './contenders.js';
import { count, median } from './measure.js';
import { fill, layCrowded, layProject } from './projects.js';

/** Figures of /proc/PID/status, in MiB. */
export function memoryOf(pid) {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [now, most] = ['VmRSS', 'VmHWM'].map((name) => Number(text.match(`${name}:\\s+(\\d+)`)[1]) / 1024);
  return { now, most };
}

/** Processor time of a process and its threads, in ticks of 10 ms: utime and stime, the 14th and 15th field. */
function ticksOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return Number(user) + Number(system);
}

/** The start among many files: how long, and how much memory, until everything is seen. */
export function start(sheet, { bin, files, quick }) {
  return within(async (above, begin) => {
    const stranger = layProject(above, 'stranger', command, 'landing/{d}.new');
    fill(stranger, files);
    const crowded = await layCrowded(bin, above, command, files);
    const [chokidar, ...ours] = [
      ['chokidar', () => startBareChokidar(begin, stranger)],
      ['objflow watch, none wanted', () => startObjflow(begin, bin, stranger)],
      ['objflow watch, all taken up', () => startObjflow(begin, bin, crowded)],
    ].map(([name, start]) => ({ name, start, time: [], now: [], most: [] }));
    for (let round = 0; round < (quick ? 2 : 5); round += 1)
      for (const { start, time, now, most } of [chokidar, ...ours]) {
        const began = performance.now();
        const child = start();
        time.push(await watching(child, began));
        const memory = memoryOf(child.pid);
        now.push(memory.now);
        most.push(memory.most);
        await child.stop();
      }
    for (const { name, time, now, most } of [...ours, chokidar]) {
      sheet.figure(`${name}: start among ${count(files)} files`, 'ms', time);
      sheet.figure(`${name}: memory then`, 'MiB', now);
      sheet.figure(`${name}: most memory until then`, 'MiB', most);
    }
    for (const { name, time, now, most } of ours) {
      sheet.goal(`${name} / chokidar: start among ${count(files)} files`, median(time) / median(chokidar.time), 0.15);
      sheet.goal(`${name} / chokidar: memory then`, median(now) / median(chokidar.now), 0.35);
      sheet.goal(`${name} / chokidar: most memory until then`, median(most) / median(chokidar.most), 0.35);
    }
  });
}

/** Milliseconds after a landing in which a daemon may have something left to do: it is more than the settle time. */
const calm = 3000;

/** Processor time while nothing happens, after a landing. */
export function idle(sheet, { bin, files, quick }) {
  const seconds = quick ? 5 : 30;
  return within(async (above, begin) => {
    const start = (root) => startObjflow(begin, bin, root);
    const declared = [
      { name: 'objflow watch, empty directory', root: layProject(above, 'empty', command), start },
      { name: `objflow watch, ${count(files)} files`, root: await layCrowded(bin, above, command, files), start },
    ];
    await withContenders(declared, async (contenders) => {
      await landByTurns(contenders, { warmUp: 1, rounds: 0 });
      await new Promise((resolve) => setTimeout(resolve, calm));
      const before = contenders.map(({ child }) => ticksOf(child.pid));
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      contenders.forEach(({ name, child }, index) => {
        sheet.goal(
          `${name}: processor ticks of 10 ms in ${seconds} s of nothing`,
          ticksOf(child.pid) - before[index],
          1,
        );
      });
    });
  });
}
