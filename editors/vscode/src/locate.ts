// Where the program ctxls is. Nothing in this file needs an editor.
import { execFile } from 'node:child_process'
import fs from 'node:fs/promises'
import { constants } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export interface Surroundings {
  env: NodeJS.ProcessEnv
  platform: NodeJS.Platform
  home: string
  /** The values of go env, or nothing where the go command can't say. */
  goEnv: (...names: string[]) => Promise<string[]>
}

export const surroundings: Surroundings = {
  env: process.env,
  platform: process.platform,
  home: os.homedir(),
  goEnv: async (...names) => (await run('go', ['env', ...names], 10_000).catch(() => '')).split(/\r?\n/)
}

/** Runs a program to its end, and returns what it wrote to standard output. */
export function run (program: string, args: string[], timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout, windowsHide: true }, (err, stdout, stderr) => {
      if (err) reject(new Error(stderr.trim() || err.message, { cause: err }))
      else resolve(stdout)
    })
  })
}

async function isProgram (file: string): Promise<boolean> {
  try {
    await fs.access(file, constants.X_OK)
    return (await fs.stat(file)).isFile()
  } catch {
    return false
  }
}

/**
 * Finds the program that a setting names: a path, or a name. A name is looked
 * for on PATH and then where go install puts programs: $GOBIN, and bin below each
 * folder of GOPATH. The result is absolute.
 */
export async function locate (wanted: string, at: Surroundings = surroundings): Promise<string | undefined> {
  const expanded = wanted.replace(/^~(?=$|[/\\])/, at.home)
  if (path.isAbsolute(expanded)) return await isProgram(expanded) ? expanded : undefined
  if (/[/\\]/.test(expanded)) return undefined // relative to what?
  const names = at.platform === 'win32' && path.extname(expanded) === '' ? [expanded + '.exe'] : [expanded]
  const inFolders = async (folders: string[]): Promise<string | undefined> => {
    for (const folder of folders.filter(path.isAbsolute)) {
      for (const name of names) {
        const file = path.join(folder, name)
        if (await isProgram(file)) return file
      }
    }
    return undefined
  }
  const onPath = await inFolders((at.env.PATH ?? at.env.Path ?? '').split(path.delimiter))
  if (onPath !== undefined) return onPath
  return inFolders(await goFolders(at))
}

/** Where go install puts programs, the first folder first. */
async function goFolders (at: Surroundings): Promise<string[]> {
  const [bin = '', paths = ''] = await at.goEnv('GOBIN', 'GOPATH')
  const gopaths = (paths === '' ? path.join(at.home, 'go') : paths).split(path.delimiter)
  return [bin, ...gopaths.filter(folder => folder !== '').map(folder => path.join(folder, 'bin'))].filter(folder => folder !== '')
}

/** The program that go install has just made. */
export async function installedProgram (at: Surroundings = surroundings): Promise<string | undefined> {
  const [folder] = await goFolders(at)
  if (folder === undefined) return undefined
  const file = path.join(folder, at.platform === 'win32' ? 'ctxls.exe' : 'ctxls')
  return await isProgram(file) ? file : undefined
}
