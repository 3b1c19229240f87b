import{o as e,xr as t}from"./of-all.js";const n={bash:`# Completion of varve for bash
_varve_complete() {
  local current="\${COMP_WORDS[COMP_CWORD]}" word
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    COMPREPLY+=("$word")
  done < <(varve complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ "\${#COMPREPLY[@]}" -eq 0 ]; then
    while IFS= read -r word; do
      COMPREPLY+=("$word")
    done < <(compgen -f -- "$current")
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _varve_complete varve
`,zsh:`#compdef varve
# Completion of varve for zsh
_varve() {
  local -a found
  local line
  while IFS= read -r line; do
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(varve complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe varve found; else _files; fi
}
if [ "\${funcstack[1]}" = _varve ]; then _varve "$@"; else compdef _varve varve; fi
`,fish:`# Completion of varve for fish
function __varve_complete
    set -l words (commandline -opc)
    varve complete -- $words[2..] (commandline -ct) 2>/dev/null
end
complete --command varve --arguments '(__varve_complete)'
`},r=async({arguments:[r=``],output:{stdout:i}})=>{let a=Object.hasOwn(n,r)?n[r]:void 0;if(a===void 0)throw new t(`bad-option`,`there is no completion for ${JSON.stringify(r)}`,{object:r,hint:`use bash, zsh or fish`});return i.write(a),e.done};function i(e,t){let n=e.slice(0,-1),r=e.at(-1)??``,i=a(n,t),l=o(i).find(({long:e,short:t,required:r})=>{let i=n.at(-1);return r&&i!==void 0&&(i===e||i===t)});return(l===void 0?s(i,r):c(l)).filter(([e])=>e.startsWith(r)).map(([e,t])=>`${e}\t${t}\n`).join(``)}function a(e,t){let[n,...r]=e,i=t.commands.find(e=>n!==void 0&&[e.name(),...e.aliases()].includes(n));return i===void 0?t:a(r,i)}const o=e=>e.createHelp().visibleOptions(e);function s(e,t){return t.startsWith(`-`)?o(e).flatMap(({long:e,description:t})=>e?[[e,t]]:[]):e.createHelp().visibleCommands(e).map(e=>[e.name(),e.description()])}const c=({argChoices:e=[],description:t})=>e.map(e=>[e,t]);export{i as complete,r as run};