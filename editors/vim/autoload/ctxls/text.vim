vim9script
# UTF-16 in lines that Vim keeps in UTF-8. Vim's own utf16idx() came after 9.0.

# The byte offset, from 0, of an offset in UTF-16 units; the end of the text if it
# lies behind.
export def Bytes(text: string, units: number): number
  if text !~ '[^\x00-\x7f]'
    return min([units, len(text)])
  endif
  var seen = 0
  var bytes = 0
  for char in str2list(text)
    if seen >= units
      break
    endif
    seen += char > 0xffff ? 2 : 1
    bytes += len(nr2char(char))
  endfor
  return bytes
enddef

# The offset in UTF-16 units of a byte offset; both are from 0.
export def Units(text: string, bytes: number): number
  if text !~ '[^\x00-\x7f]'
    return min([bytes, len(text)])
  endif
  var units = 0
  var seen = 0
  for char in str2list(text)
    if seen >= bytes
      break
    endif
    seen += len(nr2char(char))
    units += char > 0xffff ? 2 : 1
  endfor
  return units
enddef
