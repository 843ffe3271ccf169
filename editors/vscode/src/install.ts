// Installs the program, when the user says so.
import * as vscode from 'vscode'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Server } from './server'

const module = 'github.com/ctxls/ctxls/cmd/ctxls'

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
    (_, token) => new Promise<string | undefined>(resolve => {
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
      go.on('error', err => { resolve('code' in err && err.code === 'ENOENT' ? 'the go command is not on PATH' : err.message) })
      go.on('close', code => { resolve(code === 0 || token.isCancellationRequested ? undefined : last || `go ended with status ${code}`) })
    }))
  if (done !== undefined) {
    const choice = await vscode.window.showErrorMessage(`ctxls was not installed: ${done}`, 'Show Output')
    if (choice !== undefined) output.show()
    return
  }
  await server.restart()
}
