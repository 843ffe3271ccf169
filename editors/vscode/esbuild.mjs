// Bundles the extension into out/extension.js, and with --tests its unit tests.
import { build } from 'esbuild'
import fs from 'node:fs'

const common = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', external: ['vscode'], logLevel: 'warning' }
await build({ ...common, entryPoints: ['src/extension.ts'], outfile: 'out/extension.js', minify: true })
if (process.argv.includes('--tests')) {
  const tests = fs.readdirSync('test').filter(name => name.endsWith('.test.ts'))
  await build({ ...common, entryPoints: tests.map(name => 'test/' + name), outdir: 'out/test' })
}
