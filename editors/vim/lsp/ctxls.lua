---@brief
---
--- https://github.com/ctxls/ctxls
---
--- Finds goroutines in Go programs that never hear that they must stop, and cancel functions that nobody calls, and fixes them. It runs beside gopls.
---
--- ```sh
--- go install github.com/ctxls/ctxls/cmd/ctxls@latest
--- ```
---
--- The keys of `.ctxls.yaml` are also `init_options`.

---@type vim.lsp.Config
return {
  cmd = { 'ctxls' },
  filetypes = { 'go', 'gomod', 'gowork' },
  root_markers = { 'go.work', 'go.mod', '.git' },
}
