vim9script
# What the commands and autocommands of plugin/ctxls.vim do in Vim 9.
import './ctxls/client.vim'
import './ctxls/document.vim'
import './ctxls/edit.vim'
import './ctxls/findings.vim'

def Tell(text: string)
  echohl WarningMsg
  echomsg 'ctxls: ' .. text
  echohl None
enddef

export def Attach(buf: number)
  client.Attach(buf)
enddef

export def Changed(buf: number)
  document.Changed(buf)
enddef

export def Written(buf: number)
  if !document.IsOpen(buf)
    client.Attach(buf) # its folder may be new
  endif
  document.Saved(buf)
enddef

export def Closed(buf: number)
  client.Detach(buf)
enddef

export def Entered(buf: number)
  findings.Entered(buf)
enddef

export def Leave()
  client.StopAll()
enddef

# The running server of a buffer, or an empty one after a word to the user.
def ServerOf(buf: number): dict<any>
  var server = client.Of(buf)
  if empty(server) || server.state !=# 'running'
    Tell('it is not running for this file; see :CtxlsStatus')
    return {}
  endif
  return server
enddef

# What the server answers to a request about the texts as they are now.
def Ask(server: dict<any>, method: string, params: dict<any>): any
  document.FlushAll(server)
  return client.Ask(server, method, params)
enddef

def Range(buf: number, from: list<number>, to: list<number>): dict<any>
  return {start: document.PositionAt(buf, from[0], from[1]), end: document.PositionAt(buf, to[0], to[1])}
enddef

# The actions at the cursor, as the server lists them.
export def Actions(): list<dict<any>>
  var buf = bufnr()
  var server = ServerOf(buf)
  if empty(server)
    return []
  endif
  var at = [line('.'), col('.')]
  var answer = Ask(server, 'textDocument/codeAction', {
    textDocument: {uri: document.Uri(buf)}, range: Range(buf, at, at),
    context: {diagnostics: findings.OfLine(buf, line('.')), only: ['quickfix']},
  })
  return type(answer) == v:t_list ? answer : []
enddef

# Lets the user choose among the actions at the cursor.
export def Action()
  var buf = bufnr()
  var actions = Actions()
  if empty(actions)
    Tell('there is nothing to do here')
    return
  endif
  var titles = actions->mapnew((_, a) => a.title)
  popup_menu(titles, {
    title: ' ctxls ', highlight: 'Pmenu',
    callback: (_, choice) => {
      if choice > 0
        Take(buf, actions[choice - 1])
      endif
    },
  })
enddef

# Does an action, and reports whether something changed.
export def Take(buf: number, action: dict<any>): bool
  var server = ServerOf(buf)
  if empty(server)
    return false
  endif
  var whole = action
  if !has_key(action, 'edit') && has_key(action, 'data')
    var resolved = client.Ask(server, 'codeAction/resolve', action)
    if type(resolved) != v:t_dict
      return false
    endif
    whole = resolved
  endif
  if has_key(whole, 'edit')
    var wrong = edit.Apply(whole.edit)
    if wrong !=# ''
      Tell(wrong)
      return false
    endif
    return true
  endif
  if has_key(whole, 'command')
    client.Ask(server, 'workspace/executeCommand', whole.command)
  endif
  return false
enddef

# Makes all safe fixes of a buffer; returns how many actions that were, or -1.
def Fix(buf: number): number
  var server = ServerOf(buf)
  if empty(server)
    return -1
  endif
  var start = {line: 0, character: 0}
  var answer = Ask(server, 'textDocument/codeAction', {
    textDocument: {uri: document.Uri(buf)}, range: {start: start, end: start},
    context: {diagnostics: [], only: ['source.fixAll.ctxls']},
  })
  if type(answer) != v:t_list
    return -1
  endif
  var done = 0
  for action in answer
    if Take(buf, action)
      done += 1
    endif
  endfor
  return done
enddef

export def FixAll()
  if Fix(bufnr()) == 0
    echo 'ctxls: nothing here has a safe fix'
  endif
enddef

# The write that follows has the fixes.
export def BeforeWrite(buf: number)
  var server = client.Of(buf)
  if get(g:, 'ctxls_fix_on_save', false) && !empty(server) && server.state ==# 'running' && Fix(buf) < 0
    Tell('written without fixes')
  endif
enddef

export def Echo()
  if get(g:, 'ctxls_echo', true)
    findings.Echo(bufnr())
  endif
enddef

# The finding under the cursor and the path that it tells, in a popup.
export def Show()
  var lines = findings.Story(bufnr(), line('.'), col('.'))
  if empty(lines)
    echo 'ctxls: there is no finding in this line'
    return
  endif
  popup_atcursor(lines, {title: ' ctxls ', padding: [0, 1, 0, 1], border: [], moved: 'any'})
enddef

export def Hover()
  var buf = bufnr()
  var server = ServerOf(buf)
  if empty(server)
    return
  endif
  var answer = Ask(server, 'textDocument/hover', {
    textDocument: {uri: document.Uri(buf)}, position: document.PositionAt(buf, line('.'), col('.'))})
  if type(answer) != v:t_dict
    echo 'ctxls: nothing is known here'
    return
  endif
  var contents = answer.contents
  var text: string = type(contents) == v:t_dict ? contents.value : contents
  popup_atcursor(split(text, "\n"), {title: ' ctxls ', padding: [0, 1, 0, 1], border: [], moved: 'any'})
enddef

export def Explain(name: string)
  var rule = name !=# '' ? name : findings.RuleAt(bufnr(), line('.'), col('.'))
  if rule ==# ''
    Tell('there is no finding in this line; name a rule')
    return
  endif
  var page = systemlist(shellescape(client.Command()[0]) .. ' explain ' .. shellescape(rule))
  if v:shell_error != 0
    Tell(join(page, ' '))
    return
  endif
  var open = bufwinid('^ctxls://explain/' .. rule .. '$')
  if open > 0
    win_gotoid(open)
    return
  endif
  new
  setlocal buftype=nofile bufhidden=wipe noswapfile
  setline(1, page)
  setlocal nomodifiable filetype=markdown
  execute 'silent file ctxls://explain/' .. rule
enddef

# The rules, for completion.
export def Rules(lead: string, _: string, _: number): list<string>
  var names = systemlist(shellescape(client.Command()[0]) .. ' explain')->mapnew((_, l) => matchstr(l, '^\l\+'))
  return names->filter((_, n) => n !=# '' && stridx(n, lead) == 0)
enddef

export def Restart()
  client.RestartAll()
enddef

export def Status()
  for text in client.Report()
    echo text
  endfor
enddef
