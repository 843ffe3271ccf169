// What the language status of Go files tells of the server.
import * as vscode from 'vscode'

export type Condition = 'starting' | 'running' | 'off' | 'missing' | 'failed'

const texts: Record<Condition, string> = {
  starting: 'ctxls is starting',
  running: 'ctxls',
  off: 'ctxls is off',
  missing: 'ctxls is not installed',
  failed: 'ctxls does not run'
}

export class Status implements vscode.Disposable {
  readonly #item = vscode.languages.createLanguageStatusItem('ctxls.status', { scheme: 'file', language: 'go' })

  constructor () {
    this.#item.name = 'ctxls'
    this.show('starting')
  }

  show (condition: Condition, detail?: string): void {
    this.#item.text = texts[condition]
    this.#item.detail = detail
    this.#item.busy = condition === 'starting'
    this.#item.severity = condition === 'failed' || condition === 'missing'
      ? vscode.LanguageStatusSeverity.Error
      : vscode.LanguageStatusSeverity.Information
    this.#item.command = condition === 'off'
      ? { title: 'Settings', command: 'workbench.action.openSettings', arguments: ['ctxls.enable'] }
      : condition === 'missing'
        ? { title: 'Install', command: 'ctxls.install' }
        : { title: 'Restart', command: 'ctxls.restartServer' }
  }

  dispose (): void {
    this.#item.dispose()
  }
}
