vim9script
# Applies a WorkspaceEdit to buffers; nothing is written.
import './document.vim'

# Returns what is wrong, and then has changed nothing; or an empty text.
export def Apply(edit: dict<any>): string
  var changes: list<dict<any>> = []
  if type(get(edit, 'documentChanges', v:null)) == v:t_list
    for change in edit.documentChanges
      if !has_key(change, 'edits')
        return 'it asks for a file to be made, renamed or removed'
      endif
      var version = change.textDocument.version
      if type(version) == v:t_number && !document.IsCurrent(change.textDocument.uri, version)
        return 'the file changed meanwhile'
      endif
      changes->add({uri: change.textDocument.uri, edits: change.edits})
    endfor
  else
    for [uri, edits] in items(get(edit, 'changes', {}))
      changes->add({uri: uri, edits: edits})
    endfor
  endif
  for change in changes
    if document.Path(change.uri) ==# ''
      return 'it is about something that is no file: ' .. change.uri
    endif
  endfor
  for change in changes
    var buf = bufadd(document.Path(change.uri))
    bufload(buf)
    if !getbufvar(buf, '&modifiable')
      return 'the buffer cannot be changed'
    endif
    setbufvar(buf, '&buflisted', true)
    Change(buf, change.edits)
    document.Flush(buf)
  endfor
  return ''
enddef

# The last edit comes first, so that the places of the others stay; of those at
# one place the later one does.
def Change(buf: number, edits: list<dict<any>>)
  var places = edits->mapnew((i, e) => {
    return {index: i, start: document.PlaceOf(buf, e.range.start), end: document.PlaceOf(buf, e.range.end), text: e.newText}
  })
  sort(places, (a, b) => {
    if a.start != b.start
      return a.start[0] == b.start[0] ? b.start[1] - a.start[1] : b.start[0] - a.start[0]
    endif
    return b.index - a.index
  })
  for place in places
    Replace(buf, place.start, place.end, place.text)
  endfor
enddef

def Replace(buf: number, start: list<number>, end: list<number>, text: string)
  var count = getbufinfo(buf)[0].linecount
  var [first, col] = start
  var [last, endcol] = end
  var inserted = split(substitute(text, "\r\n", "\n", 'g'), "\n", true)
  if first > count # behind the last line, which ends
    if empty(inserted[-1])
      inserted->remove(-1)
    endif
    appendbufline(buf, count, inserted)
    return
  endif
  if last > count && col == 1 && len(text) == 0 && first > 1 # all lines from here on
    deletebufline(buf, first, count)
    return
  endif
  inserted[0] = strpart(getbufline(buf, first)[0], 0, col - 1) .. inserted[0]
  if last > count
    if len(inserted) > 1 && empty(inserted[-1])
      inserted->remove(-1)
    endif
    last = count
  else
    inserted[-1] ..= strpart(getbufline(buf, last)[0], endcol - 1)
  endif
  # Lines that stay as they are keep their marks, and the cursor its line.
  while first <= last && !empty(inserted) && getbufline(buf, first)[0] ==# inserted[0]
    first += 1
    inserted->remove(0)
  endwhile
  while first <= last && !empty(inserted) && getbufline(buf, last)[0] ==# inserted[-1]
    last -= 1
    inserted->remove(-1)
  endwhile
  var same = min([last - first + 1, len(inserted)])
  if same > 0
    setbufline(buf, first, inserted[0 : same - 1])
  endif
  if len(inserted) > same
    appendbufline(buf, first + same - 1, inserted[same :])
  elseif last - first + 1 > same
    deletebufline(buf, first + same, last)
  endif
enddef
