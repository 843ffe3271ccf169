// Renders images/icon.svg to images/icon.png: node test/icon.mjs
import { chromium } from 'playwright-core'
import { fileURLToPath } from 'node:url'
import fs from 'node:fs'

const at = name => fileURLToPath(new URL('../images/' + name, import.meta.url))
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const page = await browser.newPage({ viewport: { width: 128, height: 128 } })
await page.setContent(`<body style="margin:0;line-height:0">${fs.readFileSync(at('icon.svg'), 'utf8')}</body>`)
await page.screenshot({ path: at('icon.png'), omitBackground: true })
await browser.close()
