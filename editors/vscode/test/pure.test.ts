import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Backoff } from '../src/backoff'
import { forServer } from '../src/settings'
import { identify, isOlder } from '../src/version'

test('a program says what it is', () => {
  assert.deepEqual(identify('ctxls v0.3.1\ngo1.26 linux/amd64\n'), { kind: 'release', version: '0.3.1' })
  assert.deepEqual(identify('ctxls (devel)\n'), { kind: 'development' })
  assert.deepEqual(identify('ctxls v0.0.0-20261101120000-abcdef123456\r\n'), { kind: 'development' })
  assert.deepEqual(identify('gopls v0.23.0\n'), { kind: 'other', says: 'gopls v0.23.0' })
  assert.deepEqual(identify(''), { kind: 'other', says: '' })
})

test('only a lower major or minor version is too old', () => {
  for (const [program, extension, want] of [
    ['0.1.0', '0.2.0', true], ['0.2.0', '0.2.9', false], ['0.10.0', '0.9.0', false], ['1.0.0', '0.9.0', false], ['0.9.0', '1.0.0', true]
  ] as const) assert.equal(isOlder(program, extension), want, `${program} for ${extension}`)
})

test('five ends in a row are borne, a long run starts anew', () => {
  const b = new Backoff()
  assert.deepEqual([0, 1, 2, 3, 4].map(() => b.next(10)), [1000, 2000, 4000, 8000, 16000])
  assert.equal(b.next(10), undefined)
  assert.equal(b.next(60_000), 1000)
  b.reset()
  assert.equal(b.next(0), 1000)
})

test('the server is told of what somebody has set', () => {
  assert.deepEqual(forServer({}), {})
  assert.deepEqual(forServer({ enable: true, path: '/x/ctxls', args: [], run: 'onType', 'trace.server': 'verbose' }), {})
  assert.deepEqual(forServer({ rules: { deafsleep: 'off' }, tests: false, exclude: [], inlayHints: { contexts: false, goroutines: null } }),
    { rules: { deafsleep: 'off' }, tests: false, exclude: [], inlayHints: { contexts: false } })
  assert.deepEqual(forServer({ tests: null, typingDelay: '' }), {})
  assert.deepEqual(forServer({ run: 'onSave' }), { typingDelay: 'off' })
  assert.deepEqual(forServer({ run: 'onSave', typingDelay: '1s' }), { typingDelay: '1s' })
})
