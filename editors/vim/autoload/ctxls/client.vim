vim9script
# The servers, one for each workspace, over Vim's own channel for LSP.
import './document.vim'
import './edit.vim'
import './findings.vim'

# By root: {root, job, channel, state, waiting, ends, since, Notify}. state is
# starting, running, stopping, ended or failed; waiting are the buffers that are
# opened once it runs.
var servers: dict<dict<any>> = {}
var told: dict<bool> = {}

export def Command(): list<string>
  var command: any = get(g:, 'ctxls_command', ['ctxls'])
  if type(command) == v:t_list && !empty(command)
    return command->mapnew((_, word) => $'{word}')
  endif
  return [type(command) == v:t_string && command !=# '' ? command : 'ctxls']
enddef

# What the server is told of settings.
def Settings(): dict<any>
  var settings: any = get(g:, 'ctxls_settings', {})
  if type(settings) == v:t_dict
    return settings
  endif
  Once('g:ctxls_settings is no dictionary')
  return {}
enddef

def Timeout(): number
  return get(g:, 'ctxls_timeout', 3000)
enddef

# Tells the user something once.
def Once(text: string)
  if !has_key(told, text)
    told[text] = true
    echohl WarningMsg
    echomsg 'ctxls: ' .. text
    echohl None
  endif
enddef

# The nearest folder above a file that has one of the markers, the first marker
# before the next one.
def Root(path: string): string
  var dir = fnamemodify(path, ':h')
  while !isdirectory(dir) && dir !=# fnamemodify(dir, ':h')
    dir = fnamemodify(dir, ':h') # a new file's folder may be new, too
  endwhile
  var folder = escape(dir, ' ,;')
  for marker in ['go.work', 'go.mod', '.git']
    var found = marker ==# '.git' ? finddir(marker, folder .. ';') : findfile(marker, folder .. ';')
    if found !=# ''
      return fnamemodify(substitute(fnamemodify(found, ':p'), '/$', '', ''), ':h')
    endif
  endfor
  return dir
enddef

# The server of a buffer, or an empty one.
export def Of(buf: number): dict<any>
  return get(servers, getbufvar(buf, 'ctxls_root', ''), {})
enddef

export def Attach(buf: number)
  # :saveas tells of a name for a buffer that isn't loaded, too.
  if !bufloaded(buf) || getbufvar(buf, '&buftype') !=# '' || bufname(buf) ==# '' || document.IsOpen(buf)
    return
  endif
  if executable(Command()[0]) == 0
    Once(Command()[0] .. ' is not on PATH; install it with "go install", or see :help ctxls-install')
    return
  endif
  var root = Root(fnamemodify(bufname(buf), ':p'))
  setbufvar(buf, 'ctxls_root', root)
  if !has_key(servers, root)
    servers[root] = {root: root, state: 'ended', waiting: [], ends: 0}
  endif
  var server = servers[root]
  if server.state ==# 'running'
    document.Open(buf, server)
    return
  endif
  if index(server.waiting, buf) < 0
    server.waiting->add(buf)
  endif
  if server.state ==# 'ended'
    Start(server)
  endif
enddef

export def Detach(buf: number)
  var server = Of(buf)
  if !empty(server)
    server.waiting->filter((_, b) => b != buf)
  endif
  document.Close(buf)
  findings.Unloaded(buf)
enddef

def Start(server: dict<any>)
  server.state = 'failed'
  server.since = localtime()
  try
    server.job = job_start(Command(), {
      in_mode: 'lsp', out_mode: 'lsp', err_io: 'null', noblock: 1, cwd: server.root,
      callback: (_, message) => Receive(server, message),
      exit_cb: (job, status) => Ended(server, job, status),
    })
  catch
    Once($'{Command()[0]} cannot be run in {server.root}: {v:exception}')
    return
  endtry
  if job_status(server.job) ==# 'fail'
    Once(Command()[0] .. ' cannot be run')
    return
  endif
  server.channel = job_getchannel(server.job)
  server.state = 'starting'
  server.Notify = (method: string, params: dict<any>) => Send(server, {method: method, params: params})
  var uri = document.UriOf(server.root)
  ch_sendexpr(server.channel, {method: 'initialize', params: {
    processId: getpid(), rootUri: uri, workspaceFolders: [{uri: uri, name: fnamemodify(server.root, ':t')}],
    clientInfo: {name: 'Vim', version: string(v:versionlong)},
    initializationOptions: Settings(),
    capabilities: {
      general: {positionEncodings: ['utf-16']},
      workspace: {applyEdit: true, workspaceEdit: {documentChanges: true}},
      textDocument: {
        synchronization: {didSave: true},
        publishDiagnostics: {relatedInformation: true, versionSupport: true, codeDescriptionSupport: true, dataSupport: true},
        hover: {contentFormat: ['plaintext', 'markdown']},
        codeAction: {
          codeActionLiteralSupport: {codeActionKind: {valueSet: ['quickfix', 'source.fixAll', 'source.fixAll.ctxls']}},
          isPreferredSupport: true, dataSupport: true, resolveSupport: {properties: ['edit']},
        },
      },
    },
  }}, {callback: (_, answer) => Started(server, answer)})
enddef

def Started(server: dict<any>, answer: dict<any>)
  if server.state !=# 'starting'
    return
  endif
  if !has_key(answer, 'result')
    server.state = 'failed'
    Once('the server does not start: ' .. get(get(answer, 'error', {}), 'message', 'no reason given'))
    return
  endif
  server.state = 'running'
  server.Notify('initialized', {})
  var waiting = server.waiting
  server.waiting = []
  for buf in waiting
    if bufloaded(buf) && !document.IsOpen(buf)
      document.Open(buf, server)
    endif
  endfor
enddef

def Send(server: dict<any>, message: dict<any>)
  if ch_status(server.channel) ==# 'open'
    ch_sendexpr(server.channel, message)
  endif
enddef

# What the server answers to a request, within the time that it has; null if it
# does not.
export def Ask(server: dict<any>, method: string, params: dict<any>): any
  if ch_status(server.channel) !=# 'open'
    return v:null
  endif
  var answer = ch_evalexpr(server.channel, {method: method, params: params}, {timeout: Timeout()})
  if type(answer) != v:t_dict || empty(answer)
    echohl WarningMsg
    echomsg $'ctxls: no answer within {Timeout()} ms'
    echohl None
    return v:null
  endif
  if has_key(answer, 'error')
    echohl WarningMsg
    echomsg 'ctxls: ' .. answer.error.message
    echohl None
    return v:null
  endif
  return get(answer, 'result', v:null)
enddef

# What the server says and asks by itself.
def Receive(server: dict<any>, message: dict<any>)
  var method = get(message, 'method', '')
  if method ==# 'textDocument/publishDiagnostics'
    findings.Publish(server.root, message.params)
  elseif method ==# 'window/showMessage'
    echohl WarningMsg
    for text in split(message.params.message, "\n")
      echomsg text
    endfor
    echohl None
  elseif method ==# 'workspace/applyEdit'
    var wrong = edit.Apply(message.params.edit)
    Send(server, {id: message.id, result: wrong ==# '' ? {applied: true} : {applied: false, failureReason: wrong}})
  elseif method !=# '' && has_key(message, 'id') # without a method it is an answer that comes too late
    Send(server, {id: message.id, error: {code: -32601, message: 'Vim has no ' .. method}})
  endif
enddef

# A server ended. One that nobody has stopped is started again, later each time;
# after five times in a row no more.
def Ended(server: dict<any>, job: job, status: number)
  if job != server.job
    return
  endif
  var buffers = document.Forget(server)
  findings.Clear(server.root, buffers)
  server.waiting->extend(buffers)
  if server.state ==# 'stopping' || v:exiting != v:null
    server.state = 'ended'
    return
  endif
  server.ends = localtime() - server.since >= 60 ? 1 : server.ends + 1
  if server.ends > 5
    server.state = 'failed'
    Once($'the server ended five times in a row, the last time with status {status}; :CtxlsRestart starts it again')
    return
  endif
  server.state = 'starting'
  server.timer = timer_start(1000 * float2nr(pow(2, server.ends - 1)), (_) => Start(server))
enddef

def Stop(server: dict<any>)
  timer_stop(get(server, 'timer', -1))
  if !has_key(server, 'job') || job_status(server.job) !=# 'run'
    server.state = 'ended'
    return
  endif
  server.state = 'stopping'
  if ch_status(server.channel) ==# 'open'
    ch_evalexpr(server.channel, {method: 'shutdown'}, {timeout: 1000})
    Send(server, {method: 'exit'})
  endif
  var patience = 100
  while job_status(server.job) ==# 'run' && patience > 0
    sleep 10m
    patience -= 1
  endwhile
  if job_status(server.job) ==# 'run'
    job_stop(server.job, 'kill')
  endif
enddef

export def StopAll()
  for server in values(servers)
    Stop(server)
  endfor
enddef

export def RestartAll()
  told = {}
  StopAll()
  for server in values(servers)
    # Its end may not have been told of yet.
    var buffers = document.Forget(server)
    findings.Clear(server.root, buffers)
    server.waiting->extend(buffers)->sort('n')->uniq()
    server.ends = 0
    Start(server)
  endfor
  if empty(servers)
    Attach(bufnr())
  endif
enddef

# What a user would want to know who sees no findings.
export def Report(): list<string>
  var program = exepath(Command()[0])
  if program ==# ''
    return [$'ctxls: {Command()[0]} is not on PATH']
  endif
  var lines = ['ctxls: ' .. program] + systemlist(shellescape(program) .. ' version')
  if executable('go') == 0
    lines->add('the go command is not on PATH: packages cannot be loaded')
  endif
  if empty(servers)
    lines->add('no server runs: open a Go file')
  endif
  for server in values(servers)
    lines->add($'{server.state} in {server.root}')
  endfor
  return lines
enddef
