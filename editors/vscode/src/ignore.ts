// Silences the finding under the cursor: the comment is the server's own
// quick fix.
import * as vscode from 'vscode'
import { findings } from './findings'

export async function ignoreHere (): Promise<void> {
  const editor = vscode.window.activeTextEditor
  if (editor === undefined) return
  const [finding] = findings(editor.document.uri, editor.selection.active)
  if (finding === undefined) {
    void vscode.window.showInformationMessage('ctxls has no finding in this line.')
    return
  }
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider', editor.document.uri, finding.range, vscode.CodeActionKind.QuickFix.value, 20)
  const comments = actions.filter(action => action.title.startsWith('Ignore this finding ('))
  const choice = comments.length > 1 ? await vscode.window.showQuickPick(comments.map(action => action.title)) : comments[0]?.title
  const action = comments.find(action => action.title === choice)
  if (action?.edit !== undefined) await vscode.workspace.applyEdit(action.edit)
}
