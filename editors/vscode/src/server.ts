// The life of the server: found, started, watched, restarted.
import * as vscode from 'vscode'
import {
  CloseAction, ErrorAction, LanguageClient, RevealOutputChannelOn, State,
  type LanguageClientOptions, type Location as WireLocation, type Position as WirePosition
} from 'vscode-languageclient/node'
import { Backoff } from './backoff'
import { offerInstall } from './install'
import { locate, run } from './locate'
import { forServer } from './settings'
import type { Status } from './status'
import { identify, isOlder } from './version'

/** Leaves it to {@link Server} to tell the user, once: failures go to the output alone. */
class QuietClient extends LanguageClient {
  override error (message: string, data?: unknown): void {
    super.error(message, data, false)
  }
}

interface Places {
  uri: string
  position: WirePosition
  places: WireLocation[]
}

const startTime = 60_000 // milliseconds

export class Server implements vscode.Disposable {
  #client: LanguageClient | undefined
  #program: string | undefined
  #startedAt = 0
  #again: NodeJS.Timeout | undefined
  #turn = Promise.resolve()
  #giveUp: () => void = () => {} // ends the wait for a server that starts
  #disposed = false
  readonly #backoff = new Backoff()

  constructor (
    private readonly version: string,
    private readonly keys: string[], // of settings, without "ctxls."
    private readonly output: vscode.LogOutputChannel,
    private readonly status: Status
  ) {}

  /** The program that runs, or ran last. */
  get program (): string | undefined { return this.#program }

  /** Starts the server, in place of the one that runs. Starts follow one another. */
  restart (): Promise<void> {
    this.#backoff.reset()
    return this.#start()
  }

  async dispose (): Promise<void> {
    this.#disposed = true
    this.#giveUp()
    await this.#inTurn(() => this.#stop())
  }

  #inTurn (what: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(what).catch(err => { this.output.error(err instanceof Error ? err : String(err)) })
    return this.#turn
  }

  #start (): Promise<void> {
    clearTimeout(this.#again)
    this.#giveUp()
    return this.#inTurn(async () => {
      await this.#stop()
      if (this.#disposed) return
      const settings = vscode.workspace.getConfiguration('ctxls')
      if (!settings.get('enable', true)) {
        this.status.show('off')
        return
      }
      this.status.show('starting')
      const program = await this.#find(settings.get('path', 'ctxls'))
      if (program === undefined) return
      this.#program = program
      this.#startedAt = Date.now()
      const client = this.#newClient(program, settings.get('args', []))
      this.#client = client
      // Of a server that ends while it starts, start may never come back.
      const over = new Promise<string>(resolve => {
        client.onDidChangeState(({ newState }) => {
          if (newState === State.Stopped || newState === State.StartFailed) resolve('the server ended')
        })
      })
      void over.then(why => { this.#ended(client, why) })
      let patience: NodeJS.Timeout | undefined
      const givenUp = new Promise<'superseded' | 'too late'>(resolve => {
        this.#giveUp = () => { resolve('superseded') }
        patience = setTimeout(() => { resolve('too late') }, startTime)
      })
      try {
        const outcome = await Promise.race([client.start(), over, givenUp])
        if (outcome === 'superseded') return
        if (outcome === 'too late') {
          await this.#stop()
          this.#fail(`${program} did not answer within ${startTime / 1000} s.`)
        } else if (this.#client === client) {
          this.status.show('running', program)
        }
      } catch (err) {
        this.#ended(client, err instanceof Error ? err.message : String(err))
      } finally {
        clearTimeout(patience)
        this.#giveUp = () => {}
      }
    })
  }

  async #stop (): Promise<void> {
    clearTimeout(this.#again)
    const client = this.#client
    this.#client = undefined
    if (client === undefined) return
    try {
      await client.dispose(5000)
    } catch (err) {
      this.output.debug(`stopping the server: ${String(err)}`) // one that has ended can't be stopped
    }
  }

  /** Finds the program and looks at its version, or says what is wrong. */
  async #find (wanted: string): Promise<string | undefined> {
    const program = await locate(wanted === '' ? 'ctxls' : wanted)
    if (program === undefined) {
      this.status.show('missing')
      if (wanted === 'ctxls' || wanted === '') {
        void offerInstall('ctxls is not installed: it is neither on PATH nor where "go install" puts programs.', 'Install', this.version, this.output, this)
      } else {
        this.#tell('warning', `There is no program ${wanted}, which the setting ctxls.path names.`)
      }
      return undefined
    }
    let says: string
    try {
      says = await run(program, ['version'], 20_000)
    } catch (err) {
      this.#fail(`${program} cannot be run: ${err instanceof Error ? err.message : String(err)}`)
      return undefined
    }
    const identity = identify(says)
    this.output.info(`${program}: ${says.trim().replaceAll('\n', ', ')}`)
    if (identity.kind === 'other') {
      this.#fail(`${program} is not ctxls: it says "${identity.says}".`)
      return undefined
    }
    if (identity.kind === 'release' && isOlder(identity.version, this.version)) {
      this.status.show('failed')
      void offerInstall(`${program} is version ${identity.version}, which is too old for this extension.`, 'Update', this.version, this.output, this)
      return undefined
    }
    return program
  }

  #fail (text: string): void {
    this.status.show('failed')
    this.#tell('error', text)
  }

  #tell (how: 'error' | 'warning', text: string): void {
    const show = how === 'error' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage
    this.output[how === 'error' ? 'error' : 'warn'](text)
    void show('ctxls: ' + text, 'Open Settings', 'Show Output').then(choice => {
      if (choice === 'Open Settings') void vscode.commands.executeCommand('workbench.action.openSettings', 'ctxls.path')
      if (choice === 'Show Output') this.output.show()
    })
  }

  /** A server ended. If it is the one that should run, nobody has stopped it. */
  #ended (client: LanguageClient, why: string): void {
    if (this.#client !== client || this.#disposed) return
    this.#client = undefined
    const delay = this.#backoff.next(Date.now() - this.#startedAt)
    if (delay === undefined) {
      this.status.show('failed')
      this.output.error(`the server ended five times in a row: ${why}`)
      void vscode.window.showErrorMessage('ctxls ended five times in a row and is not started again.', 'Restart', 'Show Output').then(choice => {
        if (choice === 'Restart') void this.restart()
        if (choice === 'Show Output') this.output.show()
      })
      return
    }
    this.status.show('starting')
    this.output.warn(`${why}; it is started again in ${delay / 1000} s`)
    this.#again = setTimeout(() => { void this.#start() }, delay)
  }

  /** The settings that somebody has set: VS Code fills in defaults for the others. */
  #set (scope: string | undefined): Record<string, unknown> {
    const settings = vscode.workspace.getConfiguration('ctxls', scope === undefined ? undefined : vscode.Uri.parse(scope))
    const out: Record<string, unknown> = {}
    for (const key of this.keys) {
      const { globalValue, workspaceValue, workspaceFolderValue } = settings.inspect(key) ?? {}
      if ([globalValue, workspaceValue, workspaceFolderValue].some(value => value !== undefined)) out[key] = settings.get(key)
    }
    return out
  }

  #newClient (program: string, args: string[]): LanguageClient {
    const options: LanguageClientOptions = {
      documentSelector: [{ scheme: 'file', language: 'go' }],
      synchronize: { configurationSection: 'ctxls' },
      outputChannel: this.output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      diagnosticPullOptions: { onChange: true, onSave: true },
      connectionOptions: { maxRestartCount: 0 },
      initializationFailedHandler: () => false, // start fails, and says so
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => ({ action: CloseAction.DoNotRestart, handled: true })
      },
      middleware: {
        workspace: {
          configuration: async (params, token, next) => {
            const values = await next(params, token)
            if (!Array.isArray(values)) return values
            return values.map((value, i) => {
              const item = params.items[i]
              return item?.section === 'ctxls' ? forServer(this.#set(item.scopeUri)) : value
            })
          }
        },
        // The places of a lens are peeked at, as those of references are.
        executeCommand: async (command, args, next) => {
          const places = args[0] as Places | undefined
          if (command !== 'ctxls.showPlaces' || places === undefined) return next(command, args)
          const convert = client.protocol2CodeConverter
          return vscode.commands.executeCommand('editor.action.peekLocations', convert.asUri(places.uri), convert.asPosition(places.position),
            places.places.map(place => convert.asLocation(place)), 'peek')
        }
      }
    }
    const client = new QuietClient('ctxls', 'ctxls', { command: program, args: ['serve', ...args] }, options)
    return client
  }
}
