// The pages of the rules, as Markdown documents that the editor shows.
import * as vscode from 'vscode'
import { run } from './locate'
import { findings, ruleOf } from './findings'
import type { Server } from './server'

const scheme = 'ctxls-rule'

export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this)

  constructor (private readonly server: Server) {}

  dispose (): void {
    this.#registration.dispose()
  }

  async provideTextDocumentContent (uri: vscode.Uri): Promise<string> {
    return this.#explain(uri.path.replace(/^\//, '').replace(/\.md$/, ''))
  }

  async #explain (...rule: string[]): Promise<string> {
    if (this.server.program === undefined) throw new Error('ctxls is not running')
    return run(this.server.program, ['explain', ...rule], 20_000)
  }

  /** Shows a rule's page: of the finding under the cursor, or of one that is chosen. */
  async show (rule?: string): Promise<void> {
    try {
      rule ??= this.#here() ?? await this.#choose()
      if (rule === undefined) return
      await this.#explain(rule) // an unknown one fails here, not in a page
    } catch (err) {
      void vscode.window.showErrorMessage(err instanceof Error ? err.message : String(err))
      return
    }
    await vscode.commands.executeCommand('markdown.showPreviewToSide', vscode.Uri.from({ scheme, path: `/${rule}.md` }))
  }

  #here (): string | undefined {
    const editor = vscode.window.activeTextEditor
    if (editor === undefined) return undefined
    const [first] = findings(editor.document.uri, editor.selection.active)
    return first && ruleOf(first)
  }

  async #choose (): Promise<string | undefined> {
    const catalogue = (await this.#explain()).split('\n').slice(1)
    const items = catalogue.flatMap(line => {
      const [label, , severity, , ...title] = line.split(/\s+/)
      return label ? [{ label, description: severity, detail: title.join(' ') }] : []
    })
    return (await vscode.window.showQuickPick(items, { title: 'Explain a rule of ctxls', matchOnDetail: true }))?.label
  }
}
