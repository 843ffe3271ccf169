// The Go extension's gopls reports lost cancels too.
import * as vscode from 'vscode'

const asked = 'askedAboutGopls'
type Settings = Record<string, Record<string, unknown> | undefined>

/** Offers once to turn gopls's own check off, so that nothing is reported twice. */
export async function offerToTurnOffGopls (context: vscode.ExtensionContext): Promise<void> {
  if (vscode.extensions.getExtension('golang.go') === undefined || context.globalState.get(asked, false)) return
  const settings = vscode.workspace.getConfiguration()
  const now = settings.get<Settings>('gopls', {})
  const analyses = now['ui.diagnostic.analyses'] ?? now.analyses
  if (analyses !== undefined && 'lostcancel' in analyses) return
  const choice = await vscode.window.showInformationMessage(
    'gopls and ctxls both report cancel functions that are not called. Shall gopls leave them to ctxls, which has the fix?', 'Yes', 'Keep Both')
  if (choice === undefined) return // asked again the next time
  await context.globalState.update(asked, true)
  if (choice !== 'Yes') return
  const users = settings.inspect<Settings>('gopls')?.globalValue ?? {}
  const key = 'analyses' in users ? 'analyses' : 'ui.diagnostic.analyses'
  await settings.update('gopls', { ...users, [key]: { ...users[key], lostcancel: false } }, vscode.ConfigurationTarget.Global)
}
