if vim.g.loaded_ctxls then return end
vim.g.loaded_ctxls = true
if vim.fn.has('nvim-0.7') == 0 then
  vim.api.nvim_err_writeln('ctxls: Neovim 0.7 or newer is needed')
  return
end
require('ctxls').install()
