" ctxls in Vim 9; Neovim has plugin/ctxls.lua. See :help ctxls-vim.
if exists('g:loaded_ctxls') || has('nvim')
  finish
endif
let g:loaded_ctxls = 1

if v:version < 900 || !has('vim9script') || !has('channel') || !has('job') || !has('timers') || !has('textprop') || !has('popupwin') || &encoding !=# 'utf-8' || has('win32')
  function! s:Tell() abort
    if !exists('s:told')
      let s:told = 1
      echohl WarningMsg
      if &encoding !=# 'utf-8'
        echomsg "ctxls: it needs 'encoding' to be utf-8"
      elseif has('win32')
        echomsg 'ctxls: its plugin for Vim does not run on Windows'
      else
        echomsg 'ctxls: this Vim cannot run it: Vim 9.0 with +channel, +job, +textprop and +popupwin is needed'
      endif
      echohl None
    endif
  endfunction
  augroup ctxls
    autocmd!
    autocmd FileType go call s:Tell()
  augroup END
  finish
endif

command! -bar CtxlsAction call ctxls#Action()
command! -bar CtxlsFixAll call ctxls#FixAll()
command! -bar CtxlsHover call ctxls#Hover()
command! -bar CtxlsShow call ctxls#Show()
command! -bar CtxlsRestart call ctxls#Restart()
command! -bar CtxlsStatus call ctxls#Status()
command! -bar -nargs=? -complete=customlist,ctxls#Rules CtxlsExplain call ctxls#Explain(<q-args>)

augroup ctxls
  autocmd!
  autocmd FileType go call ctxls#Attach(str2nr(expand('<abuf>')))
  autocmd TextChanged,TextChangedI,TextChangedP *.go call ctxls#Changed(str2nr(expand('<abuf>')))
  autocmd FileChangedShellPost *.go call ctxls#Changed(str2nr(expand('<abuf>')))
  autocmd BufWritePre *.go call ctxls#BeforeWrite(str2nr(expand('<abuf>')))
  autocmd BufWritePost *.go call ctxls#Written(str2nr(expand('<abuf>')))
  autocmd BufFilePre *.go call ctxls#Closed(str2nr(expand('<abuf>')))
  autocmd BufFilePost *.go call ctxls#Attach(str2nr(expand('<abuf>')))
  autocmd BufUnload *.go call ctxls#Closed(str2nr(expand('<abuf>')))
  autocmd BufWinEnter *.go call ctxls#Entered(str2nr(expand('<abuf>')))
  autocmd CursorHold *.go call ctxls#Echo()
  autocmd VimLeavePre * call ctxls#Leave()
augroup END
