import * as vscode from 'vscode'
import { offerToTurnOffGopls } from './beside'
import { Pages } from './explain'
import { ignoreHere } from './ignore'
import { install } from './install'
import { Server } from './server'
import { Status } from './status'

let server: Server | undefined

interface Manifest {
  version: string
  contributes: { configuration: { properties: Record<string, unknown> } }
}

export function activate (context: vscode.ExtensionContext): void {
  const { version, contributes } = context.extension.packageJSON as Manifest
  const keys = Object.keys(contributes.configuration.properties).map(name => name.replace('ctxls.', ''))
  const output = vscode.window.createOutputChannel('ctxls', { log: true })
  const status = new Status()
  const started = new Server(version, keys, output, status)
  server = started
  const pages = new Pages(started)
  const command = vscode.commands.registerCommand
  context.subscriptions.push(output, status, pages,
    command('ctxls.restartServer', () => started.restart()),
    command('ctxls.showOutput', () => { output.show() }),
    command('ctxls.install', () => install(version, output, started)),
    command('ctxls.explain', (rule?: unknown) => pages.show(typeof rule === 'string' ? rule : undefined)),
    command('ctxls.ignoreHere', ignoreHere),
    command('ctxls.fixAll', () => vscode.commands.executeCommand('editor.action.codeAction', { kind: 'source.fixAll.ctxls', apply: 'first' })),
    vscode.workspace.onDidChangeConfiguration(change => {
      if (['ctxls.enable', 'ctxls.path', 'ctxls.args'].some(key => change.affectsConfiguration(key))) void started.restart()
    }))
  void offerToTurnOffGopls(context)
  void started.restart() // commands don't wait for it
}

export async function deactivate (): Promise<void> {
  await server?.dispose()
}
