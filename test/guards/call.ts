/** Calls a program to its end, in an environment that no CI and no terminal colours. */
import { execFile } from 'node:child_process';

export interface Called {
  /** Exit status; null where a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What would make objflow, npm or Node print otherwise than by themselves. */
const unwanted = /^(npm_|VITEST|NODE_|CI$|GITHUB_|FORCE_COLOR$|NO_COLOR$|INIT_CWD$)/;

export function called(
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Called> {
  const inherited = Object.entries(process.env).filter(([name]) => !unwanted.test(name));
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { cwd, env: { ...Object.fromEntries(inherited), ...env }, maxBuffer: 64 * 1024 * 1024 },
      (_error, stdout, stderr) => resolve({ status: child.exitCode, stdout, stderr }),
    );
  });
}
