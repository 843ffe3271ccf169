" Drives the plugin in Vim 9, without a terminal. Run by ./run-vim.
let s:log = []
let s:passed = 0

function! s:Say(text) abort
  call add(s:log, a:text)
  call writefile(s:log, $LOG)
endfunction

function! s:Check(name, ok, more = '') abort
  if !a:ok
    call s:Say('FAIL ' . a:name)
    call s:Say(type(a:more) == v:t_string ? a:more : string(a:more))
    call s:Say(s:passed . ' passed, 1 failed')
    cquit
  endif
  call s:Say('ok ' . a:name)
  let s:passed += 1
endfunction

function! s:Wait(F, seconds = 60) abort
  let l:end = reltimefloat(reltime()) + a:seconds
  while reltimefloat(reltime()) < l:end
    if a:F()
      return 1
    endif
    sleep 20m
  endwhile
  return 0
endfunction

function! s:Text() abort
  return join(getline(1, '$'), "\n")
endfunction

function! s:Found(rule) abort
  return filter(getloclist(0), {_, i -> i.text =~# '\[' . a:rule . '\]$'})
endfunction

" Line and column of a text in the buffer, behind another text.
function! s:Place(text, ...) abort
  call cursor(1, 1)
  if a:0
    call search('\V' . a:1)
  endif
  return searchpos('\V' . a:text, 'c')
endfunction

function! s:Popup() abort
  return join(flatten(map(popup_list(), 'getbufline(winbufnr(v:val), 1, "$")')), "\n")
endfunction

" Takes an action as a user does: from the menu, by keys.
function! s:Take(rule, title) abort
  let l:item = s:Found(a:rule)[0]
  call cursor(l:item.lnum, l:item.col)
  CtxlsAction
  let l:titles = split(s:Popup(), "\n")
  call s:Check(a:title . ' is the first in the menu', get(l:titles, 0, '') ==# a:title, l:titles)
  call feedkeys("\<CR>", 'xt')
  call s:Check('the menu is closed', empty(popup_list()))
endfunction

function! s:Messages() abort
  return execute('messages')
endfunction

call s:Say('Vim ' . v:versionlong . (exists('*utf16idx') ? '' : ', without utf16idx()'))
filetype plugin indent on
execute 'set runtimepath^=' . fnameescape($PLUGIN)
runtime! plugin/ctxls.vim
execute 'helptags' fnameescape($PLUGIN . '/doc')

" Nothing to run: told once, and the editor goes on.
let g:ctxls_command = ['no-such-ctxls']
execute 'edit ' . fnameescape($FILE)
doautocmd FileType
doautocmd FileType
call s:Check('a missing program is told once', len(split(s:Messages(), 'no-such-ctxls is not on PATH', 1)) == 2, s:Messages())

" One that ends by itself.
call writefile(['#!/bin/sh', 'echo start >>' . shellescape($LOG . '.starts'), 'exit 3'], $LOG . '.sh')
call setfperm($LOG . '.sh', 'rwx------')
let g:ctxls_command = [$LOG . '.sh']
doautocmd FileType
call s:Check('a crash loop is told', s:Wait({-> s:Messages() =~# 'ended five times in a row'}, 60), s:Messages())
sleep 1
call s:Check('after six starts', len(readfile($LOG . '.starts')) == 6, readfile($LOG . '.starts'))
call s:Check('once', len(split(s:Messages(), 'five times', 1)) == 2, s:Messages())

let g:ctxls_command = $CTXLS " a text does as well
let g:ctxls_settings = 'x'
CtxlsRestart
call s:Check('wrong settings are told', s:Messages() =~# 'g:ctxls_settings is no dictionary', s:Messages())
let s:buf = bufnr('')

" Each finding stands where it should.
for [s:rule, s:type, s:at, s:below] in [['lostcancel', 'W', 'cancel := context.WithTimeout', ''], ['donenoexit', 'W', 'ctx.Done():', 'for id := 0'], ['deafsleep', 'I', 'time.Sleep', '']]
  call s:Check(s:rule . ' is shown', s:Wait({-> !empty(s:Found(s:rule))}, 120), getloclist(0))
  let s:item = s:Found(s:rule)[0]
  call s:Check(s:rule . ' is of type ' . s:type, s:item.type ==# s:type, s:item)
  call s:Check(s:rule . ' stands on ' . s:at, [s:item.lnum, s:item.col] == s:Place(s:at, s:below), s:item)
  call s:Check(s:rule . ' is highlighted', !empty(filter(prop_list(s:item.lnum), {_, p -> p.col == s:item.col && p.type =~# '^Ctxls'})), prop_list(s:item.lnum))
endfor
call s:Check('signs are placed', len(sign_getplaced(s:buf, {'group': 'ctxls'})[0].signs) == 3, sign_getplaced(s:buf, {'group': 'ctxls'}))

" What it tells.
call call('cursor', s:Place('cancel := context.WithTimeout'))
CtxlsShow
call s:Check('the path is shown', s:Popup() =~# 'leaves at line 18' && s:Popup() =~# 'main.go:16: cancel is made here', s:Popup())
call popup_clear()
call call('cursor', s:Place('ctx, cancel :='))
CtxlsHover
call s:Check('hover tells the deadline', s:Popup() =~# 'WithTimeout 1s', s:Popup())
call popup_clear()
call call('cursor', s:Place('cancel := context.WithTimeout'))
CtxlsExplain
call s:Check('the rule under the cursor is explained', s:Text() =~# '^# lostcancel' && line('$') > 20, s:Text())
bwipeout
call s:Check('rules are completed', getcompletion('CtxlsExplain deafs', 'cmdline') == ['deafsleep'], getcompletion('CtxlsExplain deafs', 'cmdline'))
CtxlsExplain nosuchrule
call s:Check('an unknown rule is told', s:Messages() =~# 'nosuchrule', s:Messages())
call s:Check('the status is told', execute('CtxlsStatus') =~# 'running in ' . fnamemodify($FILE, ':h'), execute('CtxlsStatus'))
help :CtxlsAction
call s:Check('help is there', expand('%:t') ==# 'ctxls.txt', expand('%'))
helpclose

" A fix from the menu.
let s:before = s:Text()
call s:Take('lostcancel', 'Insert defer cancel()')
call s:Check('defer cancel() is there', s:Text() =~# "time.Second)\n\tdefer cancel()\n", s:Text())
call s:Check('the disk is untouched', join(readfile($FILE), "\n") ==# s:before)
call s:Check('the finding goes before a write', s:Wait({-> empty(s:Found('lostcancel'))}), getloclist(0))
silent undo
call s:Check('undo takes it back', s:Text() ==# s:before, s:Text())
doautocmd TextChanged
call s:Check('the finding comes back', s:Wait({-> !empty(s:Found('lostcancel'))}), getloclist(0))

" Lines deleted up to the end of the file.
new
call setline(1, ['a', 'b', 'c'])
execute 'silent file' fnameescape(fnamemodify($FILE, ':h') . '/abc.txt')
let s:uri = 'file://' . expand('%:p')
call s:Check('lines are deleted up to the end', ctxls#edit#Apply({'changes': {s:uri: [{'range': {'start': {'line': 1, 'character': 0}, 'end': {'line': 3, 'character': 0}}, 'newText': ''}]}}) ==# '' && getline(1, '$') == ['a'], getline(1, '$'))
bwipeout!

setlocal nomodifiable
let g:ctxls_fix_on_save = 1
CtxlsFixAll
silent write
let g:ctxls_fix_on_save = 0
call s:Check('a buffer that cannot be changed is told', s:Messages() =~# 'the buffer cannot be changed' && s:Messages() !~# 'E21', s:Messages())
setlocal modifiable

" A second file, whose finding stands behind characters of two UTF-16 units.
execute 'edit ' . fnameescape(fnamemodify($FILE, ':h') . '/worker.go')
call s:Check('the second file has its findings', s:Wait({-> len(getloclist(0)) == 2 && !empty(s:Found('deafgoroutine'))}), getloclist(0))
let s:item = s:Found('lostcancel')[0]
call s:Check('a finding stands behind two rockets', [s:item.lnum, s:item.col] == s:Place('cancel := context'), s:item)
let s:before = s:Text()
call s:Take('deafgoroutine', 'Add select on ctx.Done()')
call s:Check('the select is there', s:Text() =~# 'case n, ok = <-numbers:', s:Text())
silent undo
call s:Check('one undo takes the lines back', s:Text() ==# s:before, s:Text())
silent redo
CtxlsFixAll
call s:Check('the rest is fixed', s:Text() =~# "ctx, cancel := context.WithTimeout(ctx, time.Second)\n\tdefer cancel()\n", s:Text())
silent write
call s:Check('nothing is left', s:Wait({-> empty(getloclist(0))}), getloclist(0))
call s:Check('nor a sign', empty(sign_getplaced('', {'group': 'ctxls'})[0].signs), sign_getplaced('', {'group': 'ctxls'}))
CtxlsFixAll
call s:Check('nothing left to fix is told', s:Wait({-> v:true}) && execute('CtxlsFixAll') =~# 'nothing here has a safe fix')

" Fixes on save, of text that was typed just before.
buffer 1
call s:Check('the first file has its list', s:Wait({-> !empty(s:Found('lostcancel'))}), getloclist(0))
call s:Place('tick := time.NewTicker')
let g:ctxls_fix_on_save = 1
call append(line('$'), ['', 'func late(ctx context.Context) {', "\t_, cancel := context.WithCancel(ctx)", "\tif ctx.Err() != nil {", "\t\treturn", "\t}", "\tcancel()", '}'])
silent write
call s:Check('a write makes the safe fixes', len(split(s:Text(), 'defer cancel()', 1)) == 3 && s:Text() =~# 'return item, ctx.Err()', s:Text())
call s:Check('the disk has them', join(readfile($FILE), "\n") ==# s:Text(), readfile($FILE))
call s:Check('the cursor stays in its line', getline('.') =~# 'tick := time.NewTicker', getline('.'))
call s:Check('no finding is left', s:Wait({-> empty(getloclist(0))}), getloclist(0))
let g:ctxls_fix_on_save = 0
call system('cd ' . shellescape(fnamemodify($FILE, ':h')) . ' && go vet ./...')
call s:Check('go vet', v:shell_error == 0)

" A server anew, and the list of somebody else.
silent %s/^\tdefer cancel()\n//e
silent write
call s:Check('findings come', s:Wait({-> len(s:Found('lostcancel')) == 2}), getloclist(0))
CtxlsRestart
call s:Check('a restart takes them away', empty(getloclist(0)) && execute('CtxlsStatus') =~# 'starting', getloclist(0))
call s:Check('and brings them back', s:Wait({-> len(s:Found('lostcancel')) == 2}), getloclist(0))
call setloclist(0, [], ' ', {'title': 'mine', 'items': [{'bufnr': s:buf, 'lnum': 1, 'text': 'x'}]})
call append(0, '// A line more.')
doautocmd TextChanged
call s:Check('signs follow the text', s:Wait({-> !empty(filter(copy(sign_getplaced(s:buf, {'group': 'ctxls'})[0].signs), {_, s -> s.lnum == 17}))}), sign_getplaced(s:buf, {'group': 'ctxls'}))
call s:Check('the list of somebody else stays', getloclist(0, {'title': 0}).title ==# 'mine', getloclist(0))

" Another name is another file.
execute 'silent saveas' fnameescape(fnamemodify($FILE, ':h') . '/naïve name.go')
call delete($FILE)
call setloclist(0, [], 'f')
call s:Check('a file of another name has findings', s:Wait({-> len(s:Found('lostcancel')) == 2}), [getloclist(0), execute('ls')])

" A hidden buffer whose file changes outside.
set hidden autoread
let s:name = fnamemodify($FILE, ':h') . '/h.go'
call writefile(['package main', '', 'import "context"', '', 'func h(ctx context.Context) {', "\t_, _ = context.WithCancel(ctx)", '}'], s:name)
execute 'edit' fnameescape(s:name)
let s:hidden = bufnr('')
call s:Check('a third file has its finding', s:Wait({-> len(s:Found('lostcancel')) == 1}), getloclist(0))
buffer 1
sleep 1100m " the time stamp of a file may have seconds only
call writefile(['// Changed outside.', 'package main'], s:name)
execute 'checktime' s:hidden
call s:Check('it is read anew', s:Wait({-> getbufline(s:hidden, 1)[0] =~# 'outside'}), getbufline(s:hidden, 1, '$'))
call s:Check('and the server knows', s:Wait({-> empty(sign_getplaced(s:hidden, {'group': 'ctxls'})[0].signs)}), sign_getplaced(s:hidden, {'group': 'ctxls'}))

" Two servers: the end of one leaves the findings of the other.
let s:other = fnamemodify($FILE, ':h:h') . '/{other}'
call mkdir(s:other)
call writefile(['module example.com/other', '', 'go 1.26'], s:other . '/go.mod')
call writefile(['package other', '', 'import "context"', '', 'func f(ctx context.Context) {', "\t_, _ = context.WithCancel(ctx)", '}'], s:other . '/o.go')
execute 'edit' fnameescape(s:other . '/o.go')
call s:Check('another module has its own server', s:Wait({-> len(s:Found('lostcancel')) == 1}) && len(split(execute('CtxlsStatus'), 'running in', 1)) == 3, execute('CtxlsStatus'))
buffer 1
let s:count = len(s:Found('lostcancel'))
call system('pkill -KILL -f ' . shellescape('^' . $CTXLS) . ' -n')
call s:Check('the end of one', s:Wait({-> execute('CtxlsStatus') =~# 'starting in [^\n]*/{other}'}, 20), execute('CtxlsStatus'))
call s:Check('leaves the findings of the other', s:count == 2 && len(s:Found('lostcancel')) == 2, getloclist(0))
call s:Place('cancel := context.With')
CtxlsShow
call s:Check('which can be shown', s:Popup() =~# 'lostcancel', s:Popup())
call popup_clear()
call s:Check('and it comes back', s:Wait({-> execute('CtxlsStatus') =~# 'running in [^\n]*/{other}'}, 20), execute('CtxlsStatus'))

" A new file in a new folder.
let s:new = fnamemodify($FILE, ':h') . '/new/folder'
execute 'edit' fnameescape(s:new . '/n.go')
call s:Check('a new folder has the server of the module', execute('CtxlsStatus') !~# 'failed' && b:ctxls_root ==# fnamemodify($FILE, ':h'), execute('CtxlsStatus'))
call mkdir(s:new, 'p')
call setline(1, ['package folder', '', 'import "context"', '', 'func f(ctx context.Context) {', "\t_, _ = context.WithCancel(ctx)", '}'])
silent write
call s:Check('and findings once it is written', s:Wait({-> len(s:Found('lostcancel')) == 1}), getloclist(0))
CtxlsExplain lostcancel
let s:windows = winnr('$')
CtxlsExplain lostcancel
call s:Check('a page has one window', winnr('$') == s:windows, winnr('$'))
bwipeout

call ctxls#Leave()
call s:Check('the server ended', execute('CtxlsStatus') !~# 'running in', execute('CtxlsStatus'))
call s:Say(s:passed . ' passed, 0 failed')
qall!
