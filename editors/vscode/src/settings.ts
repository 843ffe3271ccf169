// What the server is told of the settings. Nothing in this file needs an
// editor.

/** Settings of the extension alone. */
const own = new Set(['args', 'enable', 'path', 'run', 'trace'])

/**
 * Takes from the section ctxls, as VS Code gives it, what somebody has set: to
 * the server a value means more than one in .ctxls.yaml does, and VS Code
 * fills in its own for what nobody set.
 */
export function forServer (section: unknown): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  if (typeof section !== 'object' || section === null) return out
  for (const [key, value] of Object.entries(section)) {
    if (!own.has(key) && !isUnset(value)) out[key] = value
  }
  if (!('typingDelay' in out) && (section as { run?: unknown }).run === 'onSave') out.typingDelay = 'off'
  const hints = out.inlayHints
  if (typeof hints === 'object' && hints !== null) {
    out.inlayHints = Object.fromEntries(Object.entries(hints).filter(([, value]) => !isUnset(value)))
    if (isUnset(out.inlayHints)) delete out.inlayHints
  }
  return out
}

function isUnset (value: unknown): boolean {
  return value === null || value === undefined || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
}
