/**
 * Names that become variables of a command. Knows what shells and programs read from their environment.
 */

/** Given to every command by us. */
const ours = ['source', 'sources', 'target', 'targets', 'sources_file'];

/** Whole names that a shell, Node, the dynamic linker or common programs take for theirs. */
const special = new Set([
  ...[
    'PATH',
    'HOME',
    'PWD',
    'OLDPWD',
    'SHELL',
    'USER',
    'LOGNAME',
    'TERM',
    'LANG',
    'LANGUAGE',
    'TZ',
    'TMPDIR',
    'TMP',
    'TEMP',
  ],
  ...[
    'IFS',
    'ENV',
    'CDPATH',
    'PS0',
    'PS1',
    'PS2',
    'PS3',
    'PS4',
    'PROMPT_COMMAND',
    'MAIL',
    'MAILPATH',
    'MAILCHECK',
    'FPATH',
  ],
  ...[
    'SHELLOPTS',
    'BASHOPTS',
    'SHLVL',
    'PPID',
    'UID',
    'EUID',
    'GROUPS',
    'RANDOM',
    'SECONDS',
    'LINENO',
    'OPTARG',
    'OPTIND',
  ],
  ...[
    'OPTERR',
    'REPLY',
    'FUNCNAME',
    'GLOBIGNORE',
    'HISTFILE',
    'HOSTNAME',
    'HOSTTYPE',
    'OSTYPE',
    'MACHTYPE',
    'POSIXLY_CORRECT',
  ],
  ...[
    'TIMEFORMAT',
    'TMOUT',
    'EXECIGNORE',
    'FIGNORE',
    'INPUTRC',
    'PIPESTATUS',
    'DIRSTACK',
    'COLUMNS',
    'LINES',
    'ZDOTDIR',
  ],
  ...['EDITOR', 'VISUAL', 'PAGER', 'BROWSER', 'DISPLAY', 'COMSPEC', 'PATHEXT', 'SYSTEMROOT', 'IO_BUFSIZE'],
  ...[
    'http_proxy',
    'https_proxy',
    'ftp_proxy',
    'all_proxy',
    'no_proxy',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'ALL_PROXY',
    'NO_PROXY',
  ],
  ...['path', 'cdpath', 'fpath', 'manpath', 'mailpath'],
  ...[
    'PYTHONPATH',
    'PYTHONHOME',
    'PYTHONSTARTUP',
    'PERL5LIB',
    'PERL5OPT',
    'PERLLIB',
    'RUBYLIB',
    'RUBYOPT',
    'CLASSPATH',
  ],
  ...[
    'JAVA_TOOL_OPTIONS',
    '_JAVA_OPTIONS',
    'JDK_JAVA_OPTIONS',
    'GCONV_PATH',
    'LOCPATH',
    'NLSPATH',
    'HOSTALIASES',
    'RES_OPTIONS',
  ],
  ...['MALLOC_TRACE', 'EXINIT', 'LESSOPEN', 'LESSCLOSE', 'CI', 'DEBUG', 'NO_COLOR', 'FORCE_COLOR', '_', '__proto__'],
]);
const prefixes = [
  'LD_',
  'DYLD_',
  'BASH_',
  'NODE_',
  'OBJFLOW_',
  'LC_',
  'GIT_',
  'SSH_',
  'npm_',
  'COMP_',
  'READLINE_',
  'GLIBC_',
];

/** Why a name cannot be that of a capture, a source or a target, or undefined where it can. */
export function nameProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return 'a name that commands are given is a letter or _, then letters, digits, _';
  if (ours.includes(name)) return `$${name} is what objflow itself gives every command`;
  if (special.has(name) || prefixes.some((prefix) => name.startsWith(prefix)))
    return `$${name} means something to shells or programs`;
  return undefined;
}

/** Why a name cannot be that of a variable in `env`, or undefined where it can: there, one may well set `PATH`. */
export function variableProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'a variable is a letter or _, then letters, digits, _';
  if (name === '__proto__') return 'it means something to JavaScript';
  if (ours.includes(name) || name.startsWith('OBJFLOW_')) return `$${name} is what objflow itself gives every command`;
  return undefined;
}
