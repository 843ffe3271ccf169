" ctxls for ALE: it is found by its name in g:ale_linters.

call ale#Set('go_ctxls_executable', 'ctxls')
call ale#Set('go_ctxls_init_options', {})

function! ale_linters#go#ctxls#ProjectRoot(buffer) abort
    for l:marker in ['go.work', 'go.mod']
        let l:found = ale#path#FindNearestFile(a:buffer, l:marker)

        if !empty(l:found)
            return fnamemodify(l:found, ':h')
        endif
    endfor

    return fnamemodify(bufname(a:buffer), ':p:h')
endfunction

call ale#linter#Define('go', {
\   'name': 'ctxls',
\   'lsp': 'stdio',
\   'executable': {b -> ale#Var(b, 'go_ctxls_executable')},
\   'command': '%e',
\   'initialization_options': {b -> ale#Var(b, 'go_ctxls_init_options')},
\   'project_root': function('ale_linters#go#ctxls#ProjectRoot'),
\})
