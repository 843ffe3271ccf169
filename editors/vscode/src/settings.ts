// What the server is told of the settings. Nothing in this file needs an
// editor.

/** Settings of the extension alone. */
const own = new Set(['args', 'enable', 'path', 'run', 'trace'])

/** Turns settings that somebody has set, by their names without "ctxls.", into the server's. */
export function forServer (set: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(set)) {
    if (!own.has(key.replace(/\..*/, '')) && !isUnset(value)) out[key] = value
  }
  if (!('typingDelay' in out) && set.run === 'onSave') out.typingDelay = 'off'
  const hints = out.inlayHints
  if (typeof hints === 'object' && hints !== null) {
    out.inlayHints = Object.fromEntries(Object.entries(hints).filter(([, value]) => !isUnset(value)))
  }
  return out
}

function isUnset (value: unknown): boolean {
  return value === null || value === undefined || value === ''
}
