// Installs the program, when the user says so.
import * as vscode from 'vscode'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { installedProgram, locate } from './locate'
import type { Server } from './server'

const module = 'github.com/ctxls/ctxls/cmd/ctxls'

type Outcome = 'installed' | 'cancelled' | { failed: string }

/** Says what is missing, once, and installs it if that is chosen. */
export async function offerInstall (text: string, verb: string, version: string, output: vscode.LogOutputChannel, server: Server): Promise<void> {
  output.warn(text)
  const choice = await vscode.window.showWarningMessage(text, verb, 'Open Settings')
  if (choice === 'Open Settings') await vscode.commands.executeCommand('workbench.action.openSettings', 'ctxls.path')
  if (choice === verb) await install(version, output, server)
}

/** Runs go install of the version that goes with the extension, and starts the server. */
export async function install (version: string, output: vscode.LogOutputChannel, server: Server): Promise<void> {
  const command = ['install', `${module}@v${version}`]
  const done = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `go ${command.join(' ')}`, cancellable: true },
    (_, token) => new Promise<Outcome>(resolve => {
      output.info(`go ${command.join(' ')}`)
      const go = spawn('go', command, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
      let last = ''
      for (const stream of [go.stdout, go.stderr]) {
        createInterface({ input: stream }).on('line', line => {
          last = line
          output.info(line)
        })
      }
      token.onCancellationRequested(() => { go.kill() })
      go.on('error', err => { resolve({ failed: 'code' in err && err.code === 'ENOENT' ? 'the go command is not on PATH' : err.message }) })
      go.on('close', code => {
        resolve(token.isCancellationRequested ? 'cancelled' : code === 0 ? 'installed' : { failed: last || `go ended with status ${code}` })
      })
    }))
  if (done === 'cancelled') return
  if (done !== 'installed') {
    const choice = await vscode.window.showErrorMessage(`ctxls was not installed: ${done.failed}`, 'Show Output')
    if (choice !== undefined) output.show()
    return
  }
  const wanted = vscode.workspace.getConfiguration('ctxls').get('path', 'ctxls')
  const [runs, installed] = [await locate(wanted), await installedProgram()]
  if (runs !== installed && installed !== undefined) {
    const choice = await vscode.window.showWarningMessage(`${installed} was installed, but ${runs ?? wanted} is what runs.`, 'Use the New One')
    if (choice === undefined) return
    await vscode.workspace.getConfiguration('ctxls').update('path', installed, vscode.ConfigurationTarget.Global) // which starts it
    return
  }
  await server.restart()
}
