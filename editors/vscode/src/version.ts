// What a program says that it is. Nothing in this file needs an editor.

/** What stands in the first line of `ctxls version`. */
export type Identity =
  | { kind: 'release', version: string }
  | { kind: 'development' } // built in a checkout, or of a commit between releases
  | { kind: 'other', says: string }

export function identify (output: string): Identity {
  const first = output.split(/\r?\n/, 1)[0]?.trim() ?? ''
  const name = /^ctxls (\S+)$/.exec(first)
  if (name?.[1] === undefined) return { kind: 'other', says: first.slice(0, 80) }
  const release = /^v(\d+\.\d+\.\d+)$/.exec(name[1])
  return release?.[1] === undefined ? { kind: 'development' } : { kind: 'release', version: release[1] }
}

/** Whether a program is too old for the extension: below its major and minor version. */
export function isOlder (program: string, extension: string): boolean {
  const [major = 0, minor = 0] = program.split('.').map(Number)
  const [wantMajor = 0, wantMinor = 0] = extension.split('.').map(Number)
  return major !== wantMajor ? major < wantMajor : minor < wantMinor
}
