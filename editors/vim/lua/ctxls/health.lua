-- :checkhealth ctxls
local M = {}

function M.check()
  local health = vim.health or require('health')
  local start, ok = health.start or health.report_start, health.ok or health.report_ok
  local warn, fail = health.warn or health.report_warn, health.error or health.report_error
  local ctxls = require('ctxls')
  local program = ctxls.options.cmd[1]

  start('ctxls')
  if vim.fn.executable(program) == 0 then
    fail(program .. ' is not on PATH', { 'go install it, and put $(go env GOPATH)/bin on PATH' })
    return
  end
  local version = vim.fn.systemlist({ program, 'version' })
  if vim.v.shell_error == 0 and version[1] then
    ok(version[1] .. ', ' .. vim.fn.exepath(program))
  else
    fail(program .. ' version failed', version)
    return
  end
  if vim.fn.executable('go') == 1 then
    ok(vim.fn.systemlist({ 'go', 'version' })[1])
  else
    fail('the go command is not on PATH: packages cannot be loaded')
  end
  local clients = ctxls.clients()
  if #clients == 0 then
    warn('no server is running', { ctxls.has_config() and "vim.lsp.enable('ctxls') in init.lua starts it for Go files" or 'open a Go file' })
  end
  for _, client in ipairs(clients) do
    ok(('server %d runs in %s, positions in %s'):format(client.id, client.config.root_dir or '?', client.offset_encoding))
  end
  ok('fixes on save are ' .. (ctxls.options.fix_on_save and 'on' or 'off'))
end

return M
