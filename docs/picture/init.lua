-- What the README says for Neovim 0.7, and how the picture shall look.
vim.o.termguicolors = true
vim.o.background = 'dark'
vim.o.number = true
vim.o.tabstop = 4
vim.o.signcolumn = 'yes'
vim.o.hlsearch = false
vim.o.laststatus = 2
vim.cmd('syntax on | colorscheme slate')
vim.cmd('highlight Normal guibg=#1e2127 guifg=#d4d4d4')
vim.cmd('highlight SignColumn guibg=#1e2127')
vim.cmd('highlight LineNr guibg=#1e2127 guifg=#5c6370')
vim.cmd('highlight EndOfBuffer guibg=#1e2127')
vim.cmd('highlight DiagnosticWarn guifg=#e5c07b')
vim.cmd('highlight DiagnosticInfo guifg=#61afef')
vim.diagnostic.config({ virtual_text = { source = true, spacing = 1, prefix = '◀' }, severity_sort = true })
vim.api.nvim_create_autocmd('FileType', {
  pattern = 'go',
  callback = function(args)
    local root = vim.fn.fnamemodify(vim.fn.findfile('go.mod', vim.fn.expand('%:p:h') .. ';'), ':p:h')
    vim.lsp.buf_attach_client(args.buf, vim.lsp.start_client({
      name = 'ctxls', cmd = { 'ctxls' }, root_dir = root,
      workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
    }))
  end,
})
vim.cmd('doautocmd FileType')
