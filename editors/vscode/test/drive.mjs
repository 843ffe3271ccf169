// Drives the extension in VS Code. Run by ./run:
//   node drive.mjs CODE_SERVER VSIX CTXLS FOLDER OUT [IMAGES]
// The last line is "N passed, N failed". Pictures go to IMAGES if it is given.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import path from 'node:path'
import { open } from './code-server.mjs'
import { Editor } from './editor.mjs'

const [codeServer, vsix, ctxls, folder, out, images] = process.argv.slice(2).map(p => path.resolve(p))
const start = Date.now()
let passed = 0, failed = 0
function check (name, ok, more = '') {
  if (!ok) {
    failed++
    console.log(`FAIL ${name}\n${typeof more === 'string' ? more : JSON.stringify(more, null, 1)}`)
    throw new Error('a check failed')
  }
  passed++
  console.log(`ok ${name} @${((Date.now() - start) / 1000).toFixed(1)} s`)
}
const read = name => fs.readFileSync(path.join(folder, name), 'utf8')
const has = (list, ...words) => list.some(row => words.every(word => row.includes(word)))
/** Where a text stands in a file, both from 1; the column counts UTF-16 units. */
function place (name, text) {
  const lines = read(name).split('\n')
  const line = lines.findIndex(l => l.includes(text))
  return [line + 1, lines[line].indexOf(text) + 1]
}
let configured = 0
/** Writes the settings of the workspace, and waits until they hold: the title of the window tells. */
async function configure (settings) {
  const title = `settings ${++configured}`
  fs.mkdirSync(path.join(folder, '.vscode'), { recursive: true })
  fs.writeFileSync(path.join(folder, '.vscode', 'settings.json'), JSON.stringify({ ...settings, 'window.title': title }))
  check(title + ' hold', await editor.until(async () => (await page.title()).includes(title)), await page.title())
}

/** Packages an extension that has the Go extension's name and its setting gopls, and does nothing. */
function standIn () {
  const dir = path.join(out, 'golang.go')
  fs.mkdirSync(dir)
  fs.writeFileSync(path.join(dir, 'package.json'), JSON.stringify({
    name: 'go', publisher: 'golang', version: '0.0.1', engines: { vscode: '^1.91.0' },
    contributes: { configuration: { properties: { gopls: { type: 'object', default: {} } } } }
  }))
  fs.writeFileSync(path.join(dir, 'README.md'), 'A stand-in.')
  const vsce = fileURLToPath(new URL('../node_modules/.bin/vsce', import.meta.url))
  const packed = spawnSync(vsce, ['package', '--allow-missing-repository', '--skip-license', '-o', 'go.vsix'], { cwd: dir, encoding: 'utf8' })
  if (packed.status !== 0) throw new Error('packaging a stand-in: ' + packed.stderr)
  return path.join(dir, 'go.vsix')
}

fs.mkdirSync(out, { recursive: true })
const { page, show, close } = await open({
  codeServer, vsix: [vsix, standIn()], folder, out,
  machine: { 'ctxls.path': ctxls },
  settings: { gopls: { staticcheck: true, 'ui.diagnostic.analyses': { shadow: true } }, 'editor.minimap.enabled': false, 'problems.defaultViewMode': 'table', 'editor.lightbulb.enabled': 'on' }
})
const editor = new Editor(page)
const picture = name => images ? page.screenshot({ path: path.join(images, name + '.png') }) : undefined

/** A stand-in of the Go extension is there, whose gopls reports lost cancels too. */
async function besideGo () {
  await show('main.go')
  await editor.ready()
  check('the editor opens', true)
  check('the check of gopls is offered to be turned off', await editor.until(async () => has(await editor.notifications(), 'gopls and ctxls both report')), await editor.notifications())
  await page.locator('.notification-toast .monaco-button', { hasText: 'Yes' }).click()
  const settings = () => JSON.parse(fs.readFileSync(path.join(out, 'user', 'User', 'settings.json'), 'utf8')).gopls
  check('and is, beside what was set', await editor.until(() => settings()?.['ui.diagnostic.analyses']?.lostcancel === false), settings())
  check('with the rest kept', settings().staticcheck === true && settings()['ui.diagnostic.analyses'].shadow === true, settings())
}

async function findings () {
  await editor.focus()
  await page.keyboard.press('Control+Shift+M')
  const want = [
    ['main.go', "cancel returned by context.WithTimeout isn't called", 'lostcancel', place('main.go', 'cancel := context')],
    ['main.go', "this case doesn't leave the loop", 'donenoexit', [37, 10]],
    ['main.go', 'this sleep goes on', 'deafsleep', place('main.go', 'time.Sleep')],
    ['worker.go', 'goroutine can wait for ever', 'deafgoroutine', place('worker.go', 'numbers {')],
    ['worker.go', "cancel returned by context.WithTimeout isn't called", 'lostcancel', place('worker.go', 'cancel := context')]
  ]
  await editor.until(async () => (await editor.problems()).filter(row => row.includes('ctxls')).length >= want.length, 120_000)
  const rows = await editor.problems()
  for (const [file, message, rule, [line, column]] of want) {
    check(`${rule} in ${file} stands at ${line}:${column}`, has(rows, message, `ctxls(${rule})`, file, `[Ln ${line}, Col ${column}]`), rows)
  }
  check('squiggles are drawn', await editor.until(() => page.locator('.squiggly-warning').count().then(n => n > 0)))
  await editor.goto(...place('main.go', 'cancel := context'))
  await picture('findings')
}

async function quickFixes () {
  const before = read('main.go')
  const titles = await editor.menu()
  check('the first fix is Insert defer cancel()', titles[0] === 'Insert defer cancel()', titles)
  check('the finding can be ignored', titles.includes('Ignore this finding (lostcancel)'), titles)
  await picture('menu')
  await editor.take('Insert defer cancel()')
  check('the fix is in the buffer', await editor.until(async () => (await editor.text()).includes('    defer cancel()')), await editor.text())
  check('the disk is untouched', read('main.go') === before)
  check('the finding goes before a save', await editor.until(async () => !has(await editor.problems(), 'ctxls(lostcancel)', '[Ln 16,')), await editor.problems())
  await editor.focus()
  await page.keyboard.press('Control+Z')
  check('undo takes it back', await editor.until(async () => !(await editor.text()).includes('defer cancel()')), await editor.text())
  check('the finding comes back', await editor.until(async () => has(await editor.problems(), 'ctxls(lostcancel)', '[Ln 16,')), await editor.problems())
}

async function lens () {
  await page.locator('.codelens-decoration a', { hasText: 'cancelled at 2 places' }).click()
  await page.waitForSelector('.peekview-widget .ref-tree .monaco-list-row', { timeout: 20_000 })
  const rows = await page.locator('.peekview-widget .ref-tree .monaco-list-row').allInnerTexts()
  check('the places of a lens are peeked at', rows.filter(row => row.includes('cancel()')).length === 2, rows)
  await page.keyboard.press('Escape')
  await page.waitForSelector('.peekview-widget', { state: 'detached', timeout: 20_000 })
}

async function secondFile () {
  await editor.file('worker.go')
  await editor.goto(...place('worker.go', 'numbers {'))
  const titles = await editor.menu()
  check('Add select on ctx.Done() is offered', titles.includes('Add select on ctx.Done()'), titles)
  await editor.take('Add select on ctx.Done()')
  check('the select is in the buffer', await editor.until(async () => (await editor.text()).includes('case n, ok = <-numbers:')), await editor.text())
  await editor.goto(...place('worker.go', '🚀'))
  await editor.focus()
  await page.keyboard.press('F8') // to the next finding
  const [line] = place('worker.go', '🚀')
  check('the lines below have moved', await editor.until(async () => has(await editor.problems(), 'worker.go', 'ctxls(lostcancel)') || has(await editor.problems(), 'ctxls(lostcancel)', `[Ln ${line + 10}, Col 18]`)), await editor.problems())
  await page.keyboard.press('Escape')
  await editor.goto(line + 10, 18)
  const behind = await editor.menu()
  check('a fix behind two rockets', behind[0] === 'Insert defer cancel()', behind)
  await editor.take('Insert defer cancel()')
  await editor.focus()
  await page.keyboard.press('Control+S')
  check('it is written', await editor.until(() => read('worker.go').includes('🚀🚀 */ ctx, cancel := context.WithTimeout(ctx, time.Second)\n\tdefer cancel()\n')), read('worker.go'))
  check('the file has no finding', await editor.until(async () => (await editor.problems()).filter(row => row.includes('ctxls(')).length === 3), await editor.problems())
}

async function onSave () {
  await configure({ '[go]': { 'editor.codeActionsOnSave': { 'source.fixAll.ctxls': 'explicit' } } })
  await editor.file('main.go')
  await editor.goto(1, 1)
  await page.keyboard.type('/* Edited. */ ')
  await page.keyboard.press('Control+S')
  check('a save makes the safe fixes', await editor.until(() => read('main.go').startsWith('/* Edited. */ ') && read('main.go').includes('\tdefer cancel()\n')), read('main.go'))
  check('no finding is left', await editor.until(async () => !has(await editor.problems(), 'ctxls(')), await editor.problems())
  await configure({})
  await editor.focus()
  await page.keyboard.press('Control+Z')
  await page.keyboard.press('Control+Z')
  check('they come back with undo', await editor.until(async () => has(await editor.problems(), 'ctxls(lostcancel)')), await editor.problems())
}

async function commands () {
  const [line, column] = place('main.go', 'cancel := context')
  await editor.goto(line - 1, column) // the comment of the edit before is gone
  await editor.command('ctxls: Fix All in This File')
  check('the command fixes all', await editor.until(async () => (await editor.text()).includes('    defer cancel()')), await editor.text())
  await editor.focus()
  await page.keyboard.press('Control+Z')
  check('undo takes that back', await editor.until(async () => has(await editor.problems(), 'ctxls(lostcancel)')), await editor.problems())
  await editor.goto(16, 7)
  await editor.command('ctxls: Explain Rule')
  const pageOfRule = async () => {
    for (const frame of page.frames()) {
      if (await frame.locator('h1', { hasText: 'lostcancel' }).count().catch(() => 0)) return true
    }
    return false
  }
  check('the rule under the cursor is explained beside', await editor.until(pageOfRule), page.frames().map(f => f.url()))
  await page.waitForTimeout(500)
  await picture('explain')
  await editor.focus()
  await editor.command('View: Close Editors in Other Groups')
  await editor.goto(16, 7)
  await editor.command('ctxls: Ignore Finding at Cursor')
  check('the finding is ignored', await editor.until(async () => (await editor.text()).includes('//ctxls:ignore lostcancel')), await editor.text())
  await editor.focus()
  await page.keyboard.press('Control+Z')
  check('and is back', await editor.until(async () => has(await editor.problems(), 'ctxls(lostcancel)')), await editor.problems())
  await editor.command('ctxls: Restart Server')
  check('a restart takes the findings away', await editor.until(async () => !has(await editor.problems(), 'ctxls(')), await editor.problems())
  check('and brings them back', await editor.until(async () => has(await editor.problems(), 'ctxls(lostcancel)'), 60_000), await editor.problems())
}

async function settings () {
  await configure({ 'ctxls.rules': { lostcancel: 'off' } })
  check('a rule can be switched off', await editor.until(async () => !has(await editor.problems(), 'ctxls(lostcancel)')), await editor.problems())
  check('the others stay', has(await editor.problems(), 'ctxls(donenoexit)'), await editor.problems())
  await configure({ 'ctxls.run': 'onSave' })
  check('and on again', await editor.until(async () => has(await editor.problems(), 'ctxls(lostcancel)')), await editor.problems())
  await editor.goto(16, 7)
  await editor.menu()
  await editor.take('Insert defer cancel()')
  check('the fix is in the buffer', await editor.until(async () => (await editor.text()).includes('    defer cancel()')), await editor.text())
  await page.waitForTimeout(2000)
  check('on save, nothing is analysed before', has(await editor.problems(), 'ctxls(lostcancel)'), await editor.problems())
  await editor.focus()
  await page.keyboard.press('Control+S')
  check('but then', await editor.until(async () => !has(await editor.problems(), 'ctxls(lostcancel)')), await editor.problems())
  await configure({})
}

/** Each is told once, and the editor stays usable. */
async function badInput () {
  // A server that never answers keeps nobody from another one.
  await configure({ 'ctxls.args': ['--listen', '127.0.0.1:0'] })
  check('a server that does not answer has no findings', await editor.until(async () => !has(await editor.problems(), 'ctxls(')), await editor.problems())
  await configure({})
  check('the next one has', await editor.until(async () => has(await editor.problems(), 'ctxls(donenoexit)')), await editor.problems())
  const script = (name, text) => {
    const file = path.join(out, name)
    fs.writeFileSync(file, '#!/bin/sh\n' + text, { mode: 0o755 })
    return file
  }
  const starts = path.join(out, 'starts')
  for (const [name, program, message] of [
    ['no program', path.join(out, 'none'), 'There is no program'],
    ['another program', script('other', 'echo other v1.0.0\n'), 'is not ctxls: it says "other v1.0.0"'],
    ['a program that fails', script('fails', 'echo broken >&2; exit 1\n'), 'cannot be run: broken'],
    ['an old version', script('old', 'echo ctxls v0.0.9\n'), 'is version 0.0.9, which is too old'],
    ['a crash loop', script('crashes', `[ "$1" = version ] && { echo 'ctxls (devel)'; exit; }\necho start >>'${starts}'\nexit 3\n`), 'ended five times in a row']
  ]) {
    await configure({ 'ctxls.path': program })
    check(`${name} is told`, await editor.until(async () => has(await editor.notifications(), message), 60_000), await editor.notifications())
    check('in one message', (await editor.notifications()).length === 1, await editor.notifications())
    if (name === 'no program') {
      await page.locator('[id="status.languageStatus"]').hover()
      check('the language status says so', await editor.until(() => page.locator('.hover-language-status', { hasText: 'ctxls is not installed' }).count().then(n => n === 1)))
      await page.mouse.move(600, 300)
    }
    await editor.dismiss()
  }
  const count = fs.readFileSync(starts, 'utf8').split('\n').length - 1
  check('the crash loop had six starts', count === 6, String(count))
  await editor.goto(1, 1)
  await page.keyboard.type('/* Still here. */ ')
  await page.keyboard.press('Control+S')
  check('the editor stays usable', await editor.until(() => read('main.go').startsWith('/* Still here. */ ')), read('main.go'))
  await configure({})
  check('the right program runs again', await editor.until(async () => has(await editor.problems(), 'ctxls(donenoexit)'), 60_000), await editor.problems())
}

try {
  for (const part of [besideGo, findings, quickFixes, lens, secondFile, onSave, commands, settings, badInput]) await part()
} catch (err) {
  if (failed === 0) {
    failed++
    console.log('FAIL the script itself\n' + err.stack)
  }
  await page.screenshot({ path: path.join(out, 'failed.png') }).catch(() => {})
} finally {
  await close()
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
