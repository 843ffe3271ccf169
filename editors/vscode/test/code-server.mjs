// VS Code in a browser: code-server with the extension, and Chromium before it.
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { chromium } from 'playwright-core'

/** Installs vsix into a code-server of its own below out, and opens folder in it. */
export async function open ({ codeServer, vsix, folder, out, settings, machine }) {
  const user = path.join(out, 'user')
  const write = (scope, values) => {
    fs.mkdirSync(path.join(user, scope), { recursive: true })
    fs.writeFileSync(path.join(user, scope, 'settings.json'), JSON.stringify(values))
  }
  write('Machine', machine)
  write('User', {
    'telemetry.telemetryLevel': 'off', 'extensions.autoCheckUpdates': false, 'extensions.autoUpdate': false, 'update.mode': 'none',
    'workbench.startupEditor': 'none', 'workbench.tips.enabled': false, 'workbench.enableExperiments': false, 'chat.disableAIFeatures': true,
    'chat.commandCenter.enabled': false, 'workbench.secondarySideBar.defaultVisibility': 'hidden', 'git.enabled': false, 'files.autoSave': 'off', ...settings
  })
  fs.writeFileSync(path.join(out, 'config.yaml'), '')
  const entry = path.join(codeServer, 'node_modules', 'code-server')
  const base = [entry, '--user-data-dir', user, '--extensions-dir', path.join(out, 'extensions'), '--config', path.join(out, 'config.yaml')]
  for (const extension of vsix) {
    const installed = spawnSync(process.execPath, [...base, '--install-extension', extension], { encoding: 'utf8' })
    if (!/successfully installed/.test(installed.stdout)) throw new Error(`installing ${extension}: ${installed.stdout}${installed.stderr}`)
  }
  const port = await freePort()
  const log = fs.openSync(path.join(out, 'server.log'), 'w')
  const server = spawn(process.execPath, [...base, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`,
    '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override'],
  { stdio: ['ignore', log, log], detached: true, env: { ...process.env, XDG_CONFIG_HOME: path.join(out, 'xdg'), XDG_DATA_HOME: path.join(out, 'xdg') } })
  const ended = new Promise(resolve => server.on('exit', resolve))
  let browser
  const close = async () => {
    await browser?.close()
    try { process.kill(-server.pid, 'SIGTERM') } catch {}
    const kill = setTimeout(() => { try { process.kill(-server.pid, 'SIGKILL') } catch {} }, 5000)
    await ended
    clearTimeout(kill)
  }
  try {
    await answers(`http://127.0.0.1:${port}/healthz`, 60_000)
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
    const page = await browser.newPage({ viewport: { width: 1180, height: 760 } })
    const show = file => page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}&payload=` +
      encodeURIComponent(JSON.stringify([['openFile', `vscode-remote://127.0.0.1:${port}${path.join(folder, file)}`]])))
    return { page, show, close }
  } catch (err) {
    await close()
    throw err
  }
}

function freePort () {
  return new Promise(resolve => {
    const s = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address()
      s.close(() => resolve(port))
    })
  })
}

async function answers (url, timeout) {
  for (const end = Date.now() + timeout; ; await new Promise(resolve => setTimeout(resolve, 200))) {
    try {
      await fetch(url)
      return
    } catch (err) {
      if (Date.now() > end) throw new Error('code-server did not start', { cause: err })
    }
  }
}
