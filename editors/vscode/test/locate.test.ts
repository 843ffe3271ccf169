import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { installedProgram, locate, run, type Surroundings } from '../src/locate'

function folderWith (t: { after: (f: () => void) => void }, files: Record<string, number>): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'locate-'))
  t.after(() => { fs.rmSync(dir, { recursive: true }) })
  for (const [name, mode] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true })
    fs.writeFileSync(path.join(dir, name), '#!/bin/sh\necho ctxls\n', { mode })
  }
  return dir
}

function at (env: NodeJS.ProcessEnv, go: string[] = ['', ''], home = '/nowhere'): Surroundings {
  return { env, platform: 'linux', home, goEnv: async () => go }
}

test('PATH comes first, then GOBIN, then each GOPATH', async t => {
  const dir = folderWith(t, { 'path/ctxls': 0o755, 'bin/ctxls': 0o755, 'b/bin/ctxls': 0o755, 'home/go/bin/ctxls': 0o755 })
  const go = [dir + '/bin', `${dir}/a:${dir}/b`]
  assert.equal(await locate('ctxls', at({ PATH: `/usr/none:${dir}/path` }, go)), dir + '/path/ctxls')
  assert.equal(await locate('ctxls', at({ PATH: '/usr/none' }, go)), dir + '/bin/ctxls')
  assert.equal(await locate('ctxls', at({}, ['', `${dir}/a:${dir}/b`])), dir + '/b/bin/ctxls')
  assert.equal(await locate('ctxls', at({}, [''], dir + '/home')), dir + '/home/go/bin/ctxls', 'without a go command')
  assert.equal(await locate('other', at({ PATH: dir + '/path' }, go)), undefined)
})

test('what go install makes is in GOBIN, or else in the first GOPATH', async t => {
  const dir = folderWith(t, { 'path/ctxls': 0o755, 'bin/ctxls': 0o755, 'a/bin/ctxls': 0o755, 'b/bin/ctxls': 0o755 })
  const env = { PATH: dir + '/path' }
  assert.equal(await installedProgram(at(env, [dir + '/bin', dir + '/b'])), dir + '/bin/ctxls')
  assert.equal(await installedProgram(at(env, ['', `${dir}/a:${dir}/b`])), dir + '/a/bin/ctxls')
  assert.equal(await installedProgram(at(env, ['', dir + '/none'])), undefined)
})

test('a path is taken as it is, or not at all', async t => {
  const dir = folderWith(t, { 'ctxls': 0o755, 'text': 0o644, 'folder/x': 0o644 })
  const none = at({ PATH: dir })
  assert.equal(await locate(dir + '/ctxls', none), dir + '/ctxls')
  assert.equal(await locate('~/ctxls', at({}, [''], dir)), dir + '/ctxls')
  assert.equal(await locate(dir + '/text', none), undefined, 'not a program')
  assert.equal(await locate(dir + '/folder', none), undefined, 'a folder')
  assert.equal(await locate(dir + '/no', none), undefined)
  assert.equal(await locate('./ctxls', none), undefined, 'relative')
  assert.equal(await locate('folder', none), undefined, 'a folder on PATH')
})

test('a relative folder on PATH is not searched', async () => {
  assert.equal(await locate('package.json', at({ PATH: '.:' })), undefined)
})

test('a program that fails says why', async () => {
  await assert.rejects(run('/bin/sh', ['-c', 'echo wrong >&2; exit 3'], 1000), /^Error: wrong$/)
  await assert.rejects(run('/no/such', [], 1000), /ENOENT/)
  assert.equal(await run('/bin/sh', ['-c', 'echo yes'], 1000), 'yes\n')
})
