// What a user does in VS Code, by keyboard and by what is on the screen.
export class Editor {
  constructor (page) { this.page = page }

  async ready () {
    await this.page.waitForSelector('.monaco-editor .view-lines', { timeout: 90_000 })
  }

  async focus () {
    await this.page.keyboard.press('Control+1')
  }

  /** Opens a file by its name. */
  async file (name) {
    await this.#pick('Control+P', name)
    await this.page.waitForSelector(`.tab.active[data-resource-name="${name}"]`, { timeout: 20_000 })
  }

  async command (name) {
    await this.#pick('F1', name)
  }

  async #pick (key, text) {
    await this.page.keyboard.press(key)
    const input = this.page.locator('.quick-input-widget input').first()
    await input.waitFor({ timeout: 20_000 })
    await input.pressSequentially(text)
    await this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: text }).waitFor({ timeout: 20_000 })
    await this.page.keyboard.press('Enter')
    await input.waitFor({ state: 'hidden', timeout: 20_000 })
  }

  /** Puts the cursor into a line; both count from 1. */
  async goto (line, column) {
    await this.focus()
    await this.page.keyboard.press('Control+G')
    const input = this.page.locator('.quick-input-widget input').first()
    await input.waitFor({ timeout: 20_000 })
    await input.pressSequentially(`${line}:${column}`)
    await this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: new RegExp(`line ${line}\\b.*\\b${column}\\b`) }).waitFor({ timeout: 20_000 })
    await this.page.keyboard.press('Enter')
    await input.waitFor({ state: 'hidden', timeout: 20_000 })
  }

  /** The lines of the editor that are in view. */
  async text () {
    const lines = await this.page.locator('.editor-instance .view-lines').first().locator('.view-line').evaluateAll(all => all
      .map(line => ({ top: line.offsetTop, text: line.textContent })).sort((a, b) => a.top - b.top).map(line => line.text))
    return lines.join('\n').replaceAll('\u00a0', ' ')
  }

  /** The rows of the Problems panel as a table: "ctxls(RULE) MESSAGE FILE[Ln 1, Col 2]". */
  async problems () {
    const rows = await this.page.locator('.markers-panel .monaco-list-row').allInnerTexts()
    return rows.map(row => row.replace(/\s+/g, ' ').trim().replace(/^ctxls(\w+)/, 'ctxls($1)'))
  }

  /** Waits until something holds, and reports whether it does. */
  async until (holds, timeout = 30_000) {
    for (const end = Date.now() + timeout; Date.now() < end; await this.page.waitForTimeout(150)) {
      if (await holds()) return true
    }
    return false
  }

  /** The titles in the menu of fixes at the cursor. */
  async menu () {
    await this.page.keyboard.press('Control+.')
    await this.page.waitForSelector('.action-widget .monaco-list-row.action', { timeout: 20_000 })
    return (await this.page.locator('.action-widget .monaco-list-row.action').allInnerTexts()).map(title => title.trim())
  }

  /** Takes a row of the open menu: the mouse is kept from it by an overlay. */
  async take (title) {
    const focused = this.page.locator('.action-widget .monaco-list-row.focused')
    for (let i = 0; i < 20 && !(await focused.innerText()).includes(title); i++) await this.page.keyboard.press('ArrowDown')
    await this.page.keyboard.press('Enter')
    await this.page.waitForSelector('.action-widget', { state: 'hidden', timeout: 20_000 })
  }

  notifications () {
    return this.page.locator('.notification-toast .notification-list-item-message').allInnerTexts()
  }

  async dismiss () {
    await this.command('Notifications: Clear All Notifications')
  }
}
