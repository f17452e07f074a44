/** `objflow completion`: prints what makes a shell ask `objflow complete` for what may come next. */
import type { Context } from './context.js';
import { exit } from './exit.js';

export type Shell = 'bash' | 'zsh' | 'fish';

/*
 * Each script knows nothing but how its shell tells of the line and takes an answer. The first line of the answer says
 * whether words follow, or the shell completes names of files or directories by itself.
 */

const bash = `# Completion of objflow for bash. Once: source <(objflow completion bash)
# Always: objflow completion bash >~/.local/share/bash-completion/completions/objflow
_objflow() {
  local program=objflow kind line
  type -P "$1" >/dev/null && program=$1
  COMPREPLY=()
  {
    IFS= read -r kind
    while IFS= read -r line; do COMPREPLY+=("$line"); done
  } < <(command "$program" complete bash -- "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  case $kind in
    files) compopt -o default 2>/dev/null ;;
    directories) compopt -o default -o dirnames 2>/dev/null ;;
  esac
}
complete -F _objflow objflow
`;

const zsh = `#compdef objflow
# Completion of objflow for zsh. Once: source <(objflow completion zsh)
# Always: objflow completion zsh >DIRECTORY/_objflow, a directory of $fpath
_objflow() {
  local program=objflow kind line
  local -a answer values shown
  (( $+commands[$words[1]] )) || [[ -x $words[1] ]] && program=$words[1]
  answer=("\${(@f)$(command $program complete zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  kind=$answer[1]
  shift answer
  case $kind in
    files) _files; return ;;
    directories) _files -/; return ;;
  esac
  for line in $answer; do
    values+=("\${line%%$'\\t'*}")
    shown+=("\${line/$'\\t'/  -- }")
  done
  (( $#values )) && compadd -l -d shown -a -- values
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _objflow "$@"; else compdef _objflow objflow; fi
`;

const fish = `# Completion of objflow for fish. Once: objflow completion fish | source
# Always: objflow completion fish >~/.config/fish/completions/objflow.fish
function __objflow_complete
    set -l before (commandline -opc)
    set -l typed (commandline -ct)
    set -l current (string unescape -- $typed; or string unescape -- $typed\\"; or string unescape -- $typed\\')
    set -l program objflow
    type -q -- $before[1]; and set program $before[1]
    set -l answer (command $program complete fish -- $before[2..-1] "$current" 2>/dev/null)
    switch "$answer[1]"
        case files
            __fish_complete_path (commandline -ct)
        case directories
            __fish_complete_directories (commandline -ct)
        case '*'
            printf '%s\\n' $answer[2..-1]
    end
end
complete -c objflow -f -a '(__objflow_complete)'
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };

/** Gives the exit status. */
export function completion(context: Context, shell: Shell): number {
  context.out.write(scripts[shell]);
  return exit.well;
}
