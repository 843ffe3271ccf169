vim9script
# The buffers as the server knows them. It gets whole texts, at latest before it
# is asked something.
import './text.vim'

# By buffer: {server, version, uri, tick, timer}, with the changedtick of the
# text that the server has.
var open: dict<dict<any>> = {}

const delay = 50 # milliseconds in which changes gather

export def Uri(buf: number): string
  return UriOf(fnamemodify(bufname(buf), ':p'))
enddef

export def UriOf(path: string): string
  var bytes = iconv(path, 'latin1', 'utf-8') # a character for each byte
  return 'file://' .. substitute(bytes, '[^A-Za-z0-9/._~-]', (m) => printf('%%%02X', char2nr(m[0])), 'g')
enddef

# The path of a file's URI, or nothing.
export def Path(uri: string): string
  if uri !~# '^file:///'
    return ''
  endif
  return iconv(substitute(strpart(uri, 7), '%\(\x\x\)', (m) => nr2char(str2nr(m[1], 16)), 'g'), 'utf-8', 'latin1')
enddef

# The text as a write would put it on disk, without a byte order mark.
def Text(buf: number): string
  var ending = getbufvar(buf, '&fileformat') ==# 'dos' ? "\r\n" : "\n"
  var body = getbufline(buf, 1, '$')->join(ending)
  var ended = getbufvar(buf, '&endofline') || getbufvar(buf, '&fixendofline') && !getbufvar(buf, '&binary')
  return ended ? body .. ending : body
enddef

export def IsOpen(buf: number): bool
  return has_key(open, buf)
enddef

# Whether the server has a document in this version, and nobody changed it since.
export def IsCurrent(uri: string, version: number): bool
  for [buf, doc] in items(open)
    if doc.uri ==# uri
      return doc.version == version && doc.tick == getbufvar(str2nr(buf), 'changedtick')
    endif
  endfor
  return false
enddef

# Whether the server has a newer version of a buffer's text.
export def IsOlder(buf: number, version: number): bool
  return IsOpen(buf) && version < open[buf].version
enddef

export def Open(buf: number, server: dict<any>)
  var doc = {server: server, version: 1, uri: Uri(buf), tick: getbufvar(buf, 'changedtick'), timer: -1}
  open[buf] = doc
  server.Notify('textDocument/didOpen', {textDocument: {uri: doc.uri, languageId: 'go', version: 1, text: Text(buf)}})
enddef

export def Changed(buf: number)
  if !IsOpen(buf)
    return
  endif
  timer_stop(open[buf].timer)
  open[buf].timer = timer_start(delay, (_) => Flush(buf))
enddef

# Gives the server the buffer's text, if it has another one.
export def Flush(buf: number)
  if !IsOpen(buf)
    return
  endif
  var doc = open[buf]
  timer_stop(doc.timer)
  var tick = getbufvar(buf, 'changedtick')
  if doc.tick == tick
    return
  endif
  doc.tick = tick
  doc.version += 1
  doc.server.Notify('textDocument/didChange', {
    textDocument: {uri: doc.uri, version: doc.version}, contentChanges: [{text: Text(buf)}]})
enddef

# Gives a server the texts of all buffers that changed, those of hidden ones too,
# of which no event tells.
export def FlushAll(server: dict<any>)
  for [buf, doc] in items(open)
    if doc.server is server
      Flush(str2nr(buf))
    endif
  endfor
enddef

export def Saved(buf: number)
  if IsOpen(buf)
    FlushAll(open[buf].server)
    open[buf].server.Notify('textDocument/didSave', {textDocument: {uri: open[buf].uri}})
  endif
enddef

export def Close(buf: number)
  if IsOpen(buf)
    timer_stop(open[buf].timer)
    open[buf].server.Notify('textDocument/didClose', {textDocument: {uri: open[buf].uri}})
    remove(open, buf)
  endif
enddef

# Forgets what a server had that has ended; returns the buffers.
export def Forget(server: dict<any>): list<number>
  var buffers = open->copy()->filter((_, doc) => doc.server is server)->keys()->mapnew((_, b) => str2nr(b))
  for buf in buffers
    timer_stop(open[buf].timer)
    remove(open, buf)
  endfor
  return buffers
enddef

# A position of the protocol for a line and a byte column, both from 1.
export def PositionAt(buf: number, lnum: number, col: number): dict<number>
  return {line: lnum - 1, character: text.Units(get(getbufline(buf, lnum), 0, ''), col - 1)}
enddef

# The line and the byte column, both from 1, of a position.
export def PlaceOf(buf: number, position: dict<any>): list<number>
  var lnum = float2nr(position.line) + 1
  return [lnum, text.Bytes(get(getbufline(buf, lnum), 0, ''), float2nr(position.character)) + 1]
enddef
