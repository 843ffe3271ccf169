" Drives ctxls through ALE in Vim, without a terminal. Run by ./run-ale.
let s:log = []
let s:passed = 0

function! s:Say(text) abort
  call add(s:log, a:text)
  call writefile(s:log, $LOG)
endfunction

function! s:Check(name, ok, more) abort
  if !a:ok
    call s:Say('FAIL ' . a:name)
    call s:Say(a:more)
    call s:Say(s:passed . ' passed, 1 failed')
    cquit
  endif
  call s:Say('ok ' . a:name)
  let s:passed += 1
endfunction

function! s:Wait(seconds, F) abort
  let l:end = reltimefloat(reltime()) + a:seconds
  while reltimefloat(reltime()) < l:end
    if a:F()
      return 1
    endif
    sleep 50m
  endwhile
  return 0
endfunction

call s:Say('Vim ' . v:versionlong)
filetype plugin indent on
let g:ale_linters = {'go': ['ctxls']}
let g:ale_linters_explicit = 1
let g:ale_use_neovim_diagnostics_api = 0
let g:ale_go_ctxls_executable = $CTXLS
execute 'set runtimepath^=' . fnameescape($PLUGIN)
packadd! ale
runtime! plugin/ale.vim

execute 'edit ' . fnameescape($FILE)
let s:buf = bufnr('')
ALELint

function! s:Found(code) abort
  return filter(copy(ale#engine#GetLoclist(s:buf)), 'get(v:val, "code", "") ==# a:code')
endfunction

function! s:Text() abort
  return join(getline(1, '$'), "\n")
endfunction

" Each finding (to ALE 3.3 what is less than a warning is one), and the place that it stands at: text in the line below another
" text.
for [s:code, s:type, s:at] in [['lostcancel', 'W', 'cancel := context.WithTimeout'], ['donenoexit', 'W', 'ctx.Done():'], ['deafsleep', 'I', 'time.Sleep']]
  call s:Check(s:code . ' is shown', s:Wait(120, {-> !empty(s:Found(s:code))}), string(ale#engine#GetLoclist(s:buf)))
  let s:item = s:Found(s:code)[0]
  call s:Check(s:code . ' is no error', index([s:type, 'W'], s:item.type) >= 0, s:item.type)
  call s:Check(s:code . ' stands on ' . s:at, stridx(getline(s:item.lnum), s:at) == s:item.col - 1, s:item.lnum . ':' . s:item.col)
endfor
call s:Check('signs are placed', s:Wait(10, {-> len(sign_getplaced(s:buf, {'group': '*'})[0].signs) >= 3}), string(sign_getplaced(s:buf, {'group': '*'})))

" The menu of code actions asks for a number; it is answered.
let s:wanted = ''
let s:menu = ''
function! ale#util#Input(message, value, ...) abort
  let s:menu = a:message
  for l:line in split(a:message, "\n")
    if stridx(l:line, s:wanted) >= 0
      return matchstr(l:line, '^\d\+')
    endif
  endfor
  return ''
endfunction

function! s:Take(code, title) abort
  let l:item = s:Found(a:code)[0]
  call cursor(l:item.lnum, l:item.col)
  let s:wanted = a:title
  let l:tick = b:changedtick
  ALECodeAction
  call s:Check(a:title . ' changes the buffer', s:Wait(30, {-> b:changedtick != l:tick}), s:menu)
endfunction

let s:before = s:Text()
call s:Take('lostcancel', 'Insert defer cancel()')
call s:Check('defer cancel() is there', stridx(s:Text(), "\tdefer cancel()\n") >= 0, s:Text())
call s:Check('the disk is untouched', join(readfile($FILE), "\n") ==# s:before, '')
silent undo
call s:Check('undo takes it back', s:Text() ==# s:before, s:Text())
silent redo

silent write
call s:Check('the finding goes with the write', s:Wait(60, {-> empty(s:Found('lostcancel'))}), string(ale#engine#GetLoclist(s:buf)))
call s:Check('the others stay', !empty(s:Found('donenoexit')) && !empty(s:Found('deafsleep')), string(ale#engine#GetLoclist(s:buf)))

ALEStopAllLSPs
call s:Say(s:passed . ' passed, 0 failed')
qall!
