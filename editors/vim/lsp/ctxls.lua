-- Neovim 0.11 and newer: vim.lsp.enable('ctxls').
return {
  cmd = { 'ctxls' },
  filetypes = { 'go', 'gomod', 'gowork' },
  root_markers = { 'go.work', 'go.mod', '.git' },
}
