vim9script
# The server's findings: signs, highlights and location lists.
import './document.vim'

# By root of a server, by URI: what it published last.
var published: dict<dict<list<dict<any>>>> = {}

# By buffer: the changedtick and the items of the location list when findings
# were shown in it.
var shown: dict<dict<any>> = {}

const names = ['Error', 'Warning', 'Info', 'Hint']
const title = 'ctxls'

def Init()
  for [name, link, sign] in [['Error', 'SpellBad', 'E>'], ['Warning', 'SpellCap', 'W>'], ['Info', 'SpellLocal', 'I>'], ['Hint', 'SpellRare', 'H>']]
    execute $'highlight default link Ctxls{name} {link}'
    sign_define('Ctxls' .. name, {text: sign, texthl: name ==# 'Error' ? 'ErrorMsg' : name ==# 'Warning' ? 'WarningMsg' : 'Comment'})
    if empty(prop_type_get('Ctxls' .. name))
      prop_type_add('Ctxls' .. name, {highlight: 'Ctxls' .. name, combine: true})
    endif
  endfor
enddef
Init()

def Name(finding: dict<any>): string
  return names[float2nr(get(finding, 'severity', 2)) - 1]
enddef

export def Publish(root: string, params: dict<any>)
  var buf = BufferOf(document.Path(params.uri))
  if buf > 0 && has_key(params, 'version') && document.IsOlder(buf, float2nr(params.version))
    return # it is about an older text; that of the newer one follows
  endif
  var lists = get(published, root, {})
  published[root] = lists
  if !empty(params.diagnostics)
    lists[params.uri] = params.diagnostics
  elseif has_key(lists, params.uri)
    remove(lists, params.uri)
  endif
  if buf > 0 && bufloaded(buf)
    Show(buf)
  endif
enddef

# The buffer of a file; bufnr() takes names for patterns.
def BufferOf(path: string): number
  if path !=# ''
    for info in getbufinfo()
      if info.name ==# path
        return info.bufnr
      endif
    endfor
  endif
  return -1
enddef

export def Of(buf: number): list<dict<any>>
  return published->get(getbufvar(buf, 'ctxls_root', ''), {})->get(document.Uri(buf), [])
enddef

# Shows in a new window what its buffer has; signs and highlights have moved with
# the text.
export def Entered(buf: number)
  if has_key(shown, buf) && shown[buf].tick != getbufvar(buf, 'changedtick')
    List(buf, shown[buf].items)
  else
    Show(buf)
  endif
enddef

export def Unloaded(buf: number)
  if has_key(shown, buf)
    remove(shown, buf)
  endif
enddef

# Shows what is known of a buffer, in place of what was shown.
export def Show(buf: number)
  sign_unplace('ctxls', {buffer: buf})
  for name in names
    prop_remove({type: 'Ctxls' .. name, bufnr: buf, all: true})
  endfor
  var items: list<dict<any>> = []
  var last = getbufinfo(buf)[0].linecount
  for finding in Of(buf)
    var [lnum, col] = document.PlaceOf(buf, finding.range.start)
    var [endline, endcol] = document.PlaceOf(buf, finding.range.end)
    if lnum > last
      continue # it is about an older text
    endif
    sign_place(0, 'ctxls', 'Ctxls' .. Name(finding), buf, {lnum: lnum, priority: 20 - float2nr(get(finding, 'severity', 2))})
    prop_add(lnum, col, {type: 'Ctxls' .. Name(finding), bufnr: buf, end_lnum: min([endline, last]), end_col: endcol})
    items->add({bufnr: buf, lnum: lnum, col: col, end_lnum: endline, end_col: endcol, type: Name(finding)[0], text: Text(finding)})
  endfor
  shown[buf] = {tick: getbufvar(buf, 'changedtick'), items: items}
  List(buf, items)
enddef

def List(buf: number, items: list<dict<any>>)
  if !get(g:, 'ctxls_loclist', true)
    return
  endif
  for win in win_findbuf(buf)
    # Lists that others have made are left alone.
    var list = getloclist(win, {title: 0, size: 0})
    if list.title ==# title
      setloclist(win, [], 'r', {title: title, items: items})
    elseif list.size == 0 && !empty(items)
      setloclist(win, [], ' ', {title: title, items: items})
    endif
  endfor
enddef

def Text(finding: dict<any>): string
  var code = get(finding, 'code', '')
  return finding.message .. (code ==# '' ? '' : ' [' .. code .. ']')
enddef

# Takes the findings away that a server had.
export def Clear(root: string, buffers: list<number>)
  if has_key(published, root)
    remove(published, root)
  endif
  for buf in buffers
    if bufloaded(buf)
      Show(buf)
    endif
  endfor
enddef

# The findings that touch a line, as the server sent them.
export def OfLine(buf: number, lnum: number): list<dict<any>>
  return Of(buf)->copy()->filter((_, f) => f.range.start.line < lnum && f.range.end.line >= lnum - 1)
enddef

# The one nearest to a column in its line.
def At(buf: number, lnum: number, col: number): dict<any>
  var best: dict<any> = {}
  var distance = -1
  for finding in OfLine(buf, lnum)
    var [_, start] = document.PlaceOf(buf, finding.range.start)
    if distance < 0 || abs(start - col) < distance
      best = finding
      distance = abs(start - col)
    endif
  endfor
  return best
enddef

export def RuleAt(buf: number, lnum: number, col: number): string
  return get(At(buf, lnum, col), 'code', '')
enddef

var echoed = ''

# The message of the line's finding; nothing is echoed over another message
# when there is none.
export def Echo(buf: number)
  var finding = At(buf, line('.'), col('.'))
  var text = empty(finding) ? '' : Text(finding)
  if text ==# '' && echoed ==# ''
    return
  endif
  echoed = text
  var room = &columns * &cmdheight - 14
  echo strcharlen(text) > room ? strcharpart(text, 0, room - 1) .. '…' : text
enddef

# The finding at a place, and below it the path that it tells.
export def Story(buf: number, lnum: number, col: number): list<string>
  var finding = At(buf, lnum, col)
  if empty(finding)
    return []
  endif
  var lines = [Text(finding)]
  for related in get(finding, 'relatedInformation', [])
    var place = related.location
    var file = fnamemodify(document.Path(place.uri), ':t')
    lines->add($'{file}:{float2nr(place.range.start.line) + 1}: {related.message}')
  endfor
  return lines
enddef
