/**
 * Tells systemd how the daemon does, where it asks for that: by the program systemd-notify, because Node has no sockets
 * of that kind. Knows nothing of what the daemon does.
 */

export interface Notifier {
  /** It does its work from now on; `status` is what `systemctl status` shows. */
  ready(status: string): void;
  /** It was told to stop, and may take its time. */
  stopping(): void;
  /**
   * Says twice in the time that systemd waits that all is well, as long as it is; where systemd waits for no such
   * thing, never. Gives what ends that.
   */
  watchdog(healthy: () => boolean): () => void;
}

/** What systemd says to a service, and to none of the commands that it runs. */
export const systemdNames = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'];

/** Node's timers go no longer, in milliseconds. */
const longest = 2 ** 31 - 1;

/**
 * The way to systemd, or undefined where nobody asked to be told (`NOTIFY_SOCKET`). Messages go out one after the
 * other, and nothing waits for them; `warn` is told of the first that does not arrive. `patience`, in milliseconds, is what
 * one may take: systemd-notify itself waits five seconds for systemd to have read it.
 */
export function systemdNotifier(
  env: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void,
  patience = 6000,
): Notifier | undefined {
  const { NOTIFY_SOCKET, PATH } = env;
  if (!NOTIFY_SOCKET) return undefined;
  const own = { NOTIFY_SOCKET, ...(PATH === undefined ? {} : { PATH }) };
  let sent = Promise.resolve();
  let waiting = 0;
  let warned = false;

  const tell = (...assignments: readonly string[]): void => {
    waiting += 1;
    sent = sent.then(async () => {
      const problem = await notify(assignments, own, patience);
      waiting -= 1;
      if (problem === undefined || warned) return;
      warned = true;
      warn(`systemd is not told how objflow does: systemd-notify ${problem}`);
    });
  };

  return {
    // A line end in it would begin an assignment of its own.
    ready: (status) => tell('READY=1', `STATUS=${status.replace(/[\x00-\x1f\x7f]+/g, ' ')}`),
    stopping: () => tell('STOPPING=1'),
    watchdog(healthy) {
      const every = watchdogTime(env);
      if (every === undefined) return () => {};
      const timer = setInterval(
        () => {
          // Where the last message is still under way, another would only queue up behind it.
          if (waiting === 0 && healthy()) tell('WATCHDOG=1');
        },
        Math.min(every / 2, longest),
      ).unref();
      return () => clearInterval(timer);
    },
  };
}

/** Milliseconds within which systemd wants to hear from this process; it may mean another that started us. */
function watchdogTime({ WATCHDOG_USEC, WATCHDOG_PID }: Readonly<Record<string, string | undefined>>) {
  if (WATCHDOG_USEC === undefined || !/^[1-9]\d*$/.test(WATCHDOG_USEC)) return undefined;
  if (WATCHDOG_PID && WATCHDOG_PID !== String(process.pid)) return undefined;
  return Number(WATCHDOG_USEC) / 1000;
}

/** Gives what went wrong, if anything did. */
async function notify(
  assignments: readonly string[],
  env: Readonly<Record<string, string>>,
  patience: number,
): Promise<string | undefined> {
  const { execa } = await import('execa'); // a tenth of a second, which most calls need not spend
  const { failed, timedOut, code, exitCode, signal } = await execa('systemd-notify', assignments, {
    env,
    extendEnv: false,
    stdio: 'ignore',
    timeout: patience,
    killSignal: 'SIGKILL',
    // The last message goes out while we end.
    cleanup: false,
    reject: false,
    verbose: 'none',
  });
  if (!failed) return undefined;
  if (timedOut) return `did not end within ${patience / 1000}s`;
  if (code === 'ENOENT') return 'is not installed: install it, or let the unit say Type=exec, and no WatchdogSec';
  return `failed (${code ?? signal ?? `exit status ${exitCode}`}): the unit needs NotifyAccess=all, and systemd must listen`;
}
