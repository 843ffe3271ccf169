// The findings that are shown at a place.
import * as vscode from 'vscode'

export function ruleOf (finding: vscode.Diagnostic): string | undefined {
  const { code } = finding
  return typeof code === 'object' ? String(code.value) : code === undefined ? undefined : String(code)
}

/** Our findings in the line of a position, those that cover it first. */
export function findings (uri: vscode.Uri, at: vscode.Position): vscode.Diagnostic[] {
  const inLine = vscode.languages.getDiagnostics(uri).filter(finding =>
    finding.source === 'ctxls' && finding.code !== undefined && finding.range.start.line <= at.line && finding.range.end.line >= at.line)
  return inLine.sort((a, b) => Number(b.range.contains(at)) - Number(a.range.contains(at)))
}
