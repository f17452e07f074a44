/** Required before a program: tells at its end, on standard error, which files and which of Node's modules it loaded. */
const { writeSync } = require('node:fs');

const atFirst = new Set(process.moduleLoadList);
process.on('exit', () => {
  const builtins = process.moduleLoadList.filter((name) => !atFirst.has(name));
  writeSync(2, `\n${JSON.stringify({ files: Object.keys(require.cache), builtins })}\n`);
});
