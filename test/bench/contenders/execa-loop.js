// The loop that one would write by hand: so many commands, so many at a time. argv: how many, how many at a time, the command.
import { execa } from 'execa';

const [number, atOnce, command] = process.argv.slice(2);
let left = Number(number);
const began = performance.now();
await Promise.all(
  Array.from({ length: Number(atOnce) }, async () => {
    for (; left > 0; ) {
      left -= 1;
      await execa('sh', ['-c', command], { stdio: 'ignore', buffer: false, cleanup: false });
    }
  }),
);
console.log(performance.now() - began);
