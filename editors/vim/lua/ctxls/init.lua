-- What the plugin does in Neovim 0.7 and newer; see :help ctxls.
local M = {}

M.filetypes = { 'go', 'gomod', 'gowork' }
M.markers = { 'go.work', 'go.mod', '.git' }

local defaults = {
  cmd = { 'ctxls' },
  init_options = nil, -- the keys of .ctxls.yaml
  fix_on_save = false,
  timeout = 3000, -- milliseconds that a write waits for its fixes
}

-- setup may have run before the plugin is loaded.
M.options = vim.tbl_extend('force', defaults, {})

local function notice(text, level)
  vim.notify('ctxls: ' .. text, level or vim.log.levels.INFO)
end

local types = { cmd = 'table', init_options = 'table', fix_on_save = 'boolean', timeout = 'number' }

-- Changes options; see :help ctxls-options. Of wrong ones it tells.
function M.setup(options)
  options = vim.deepcopy(options or {})
  if type(options.cmd) == 'string' then options.cmd = { options.cmd } end
  for name, value in pairs(options) do
    if not types[name] then
      notice(('setup: there is no option %s'):format(name), vim.log.levels.WARN)
      options[name] = nil
    elseif type(value) ~= types[name] then
      notice(('setup: %s is a %s, not a %s'):format(name, type(value), types[name]), vim.log.levels.WARN)
      options[name] = nil
    end
  end
  M.options = vim.tbl_extend('force', M.options, options)
  if M.has_config() then
    vim.lsp.config('ctxls', { cmd = M.options.cmd, init_options = M.options.init_options })
  end
end

-- Whether this Neovim knows configurations by name.
function M.has_config() return vim.lsp.enable ~= nil end

-- The clients of ctxls, of one buffer or of all.
function M.clients(buf)
  local all
  if vim.lsp.get_clients then
    all = vim.lsp.get_clients({ bufnr = buf, name = 'ctxls' })
  elseif buf then
    all = vim.tbl_values(vim.lsp.buf_get_clients(buf))
  else
    all = vim.lsp.get_active_clients()
  end
  return vim.tbl_filter(function(client) return client.name == 'ctxls' end, all)
end

-- The nearest folder above a file that has one of the markers, the first
-- marker before the next one.
function M.root(file)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  for _, marker in ipairs(M.markers) do
    local find = marker == '.git' and vim.fn.finddir or vim.fn.findfile
    local found = find(marker, vim.fn.escape(folder, ' ,;') .. ';')
    if found ~= '' then return vim.fn.fnamemodify(vim.fn.fnamemodify(found, ':p'):gsub('/$', ''), ':h') end
  end
  return folder
end

local ends, since = 0, 0 -- of servers that nobody stopped

-- A server ended. One that nobody has stopped is started again, later each
-- time; after five times in a row no more.
function M.ended(code, signal)
  if code == 0 and signal == 0 or M.stopping or vim.v.exiting ~= vim.NIL then return end
  local now = vim.loop.now()
  ends = now - since > 60000 and 1 or ends + 1
  since = now
  vim.schedule(function()
    if ends > 5 then
      notice('the server ended five times in a row; :CtxlsRestart starts it again', vim.log.levels.ERROR)
      return
    end
    vim.defer_fn(M.attach_all, 1000 * 2 ^ (ends - 1))
  end)
end

-- Starts what is not running for the Go files that are loaded.
function M.attach_all()
  if M.has_config() then
    vim.lsp.enable('ctxls', false)
    vim.lsp.enable('ctxls')
  end
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buf) and vim.tbl_contains(M.filetypes, vim.bo[buf].filetype) then
      if M.has_config() then -- enable looks at buffers only once Neovim has started
        vim.api.nvim_exec_autocmds('FileType', { group = 'nvim.lsp.enable', buffer = buf, modeline = false })
      else
        M.start(buf)
      end
    end
  end
end

local missing = false

-- Starts the server for a buffer, or attaches the one of its workspace: what
-- vim.lsp.enable does from Neovim 0.11 on.
function M.start(buf)
  if vim.bo[buf].buftype ~= '' or vim.api.nvim_buf_get_name(buf) == '' then return end
  if vim.fn.executable(M.options.cmd[1]) == 0 then
    if not missing then
      missing = true
      notice(('%s is not on PATH; install it with "go install", or see :help ctxls-install'):format(M.options.cmd[1]), vim.log.levels.WARN)
    end
    return
  end
  local root = M.root(vim.api.nvim_buf_get_name(buf))
  local config = {
    name = 'ctxls', cmd = M.options.cmd, root_dir = root, init_options = M.options.init_options,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
    on_exit = M.ended,
  }
  if vim.lsp.start then
    vim.lsp.start(config)
    return
  end
  for _, client in ipairs(M.clients()) do
    if client.config.root_dir == root then
      vim.lsp.buf_attach_client(buf, client.id)
      return
    end
  end
  local id = vim.lsp.start_client(config)
  if id then vim.lsp.buf_attach_client(buf, id) end
end

local function request(client, buf, method, params)
  local answers = vim.lsp.buf_request_sync(buf, method, params, M.options.timeout)
  local answer = answers and answers[client.id]
  if not answer then return nil, 'no answer within ' .. M.options.timeout .. ' ms' end
  if answer.err or answer.error then return nil, (answer.err or answer.error).message end
  return answer.result or {}
end

-- Applies all safe fixes of a file, and tells how many actions that were. It
-- waits for the answer, so that a write that follows has them.
function M.fix_all(buf)
  buf = buf and buf > 0 and buf or vim.api.nvim_get_current_buf()
  local clients = M.clients(buf)
  if #clients == 0 then return nil, 'it is not running for this file; see :checkhealth ctxls, or :CtxlsRestart' end
  if not vim.bo[buf].modifiable then return nil, 'the buffer cannot be changed' end
  local done = 0
  for _, client in ipairs(clients) do
    local at = { line = 0, character = 0 }
    local actions, err = request(client, buf, 'textDocument/codeAction', {
      textDocument = { uri = vim.uri_from_bufnr(buf) },
      range = { start = at, ['end'] = at },
      context = { only = { 'source.fixAll.ctxls' }, diagnostics = {} },
    })
    if not actions then return nil, err end
    for _, action in ipairs(actions) do
      if not action.edit then
        action, err = request(client, buf, 'codeAction/resolve', action)
        if not action then return nil, err end
      end
      if action.edit then
        vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
        done = done + 1
      end
    end
  end
  return done
end

-- Stops all servers, by force those that don't end within some seconds.
function M.stop()
  local function each(force)
    for _, client in ipairs(M.clients()) do
      if M.has_config() then client:stop(force) else client.stop(force) end
    end
  end
  M.stopping = true
  each(false)
  if not vim.wait(5000, function() return #M.clients() == 0 end, 20) then each(true) end
  M.stopping = false
end

-- Stops the servers and starts them again.
function M.restart()
  M.stop()
  missing, ends = false, 0
  M.attach_all()
end

-- The rule of the finding nearest to the cursor in its line.
function M.rule_here()
  local at = vim.api.nvim_win_get_cursor(0)
  local best, distance
  for _, d in ipairs(vim.diagnostic.get(0, { lnum = at[1] - 1 })) do
    local code = d.code or vim.tbl_get(d, 'user_data', 'lsp', 'code') -- 0.7 has the latter only
    if d.source == 'ctxls' and code then
      local far = math.abs(d.col - at[2])
      if not best or far < distance then best, distance = code, far end
    end
  end
  return best
end

-- Shows the page of a rule, by default of the finding under the cursor.
function M.explain(rule)
  rule = rule ~= '' and rule or M.rule_here()
  if not rule then
    notice('there is no finding in this line; name a rule', vim.log.levels.WARN)
    return
  end
  local page = vim.fn.systemlist({ M.options.cmd[1], 'explain', rule })
  if vim.v.shell_error ~= 0 then
    notice(table.concat(page, '\n'), vim.log.levels.ERROR)
    return
  end
  vim.cmd('new')
  local buf = vim.api.nvim_get_current_buf()
  vim.bo[buf].buftype, vim.bo[buf].bufhidden, vim.bo[buf].swapfile = 'nofile', 'wipe', false
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, page)
  vim.bo[buf].modifiable = false
  vim.cmd('silent! setfiletype markdown') -- which fails where a parser is missing
  vim.api.nvim_buf_set_name(buf, 'ctxls://explain/' .. rule)
end

-- The rules, for completion.
function M.rules(lead)
  local names = {}
  for _, line in ipairs(vim.fn.systemlist({ M.options.cmd[1], 'explain' })) do
    local name = line:match('^%s*([%l]+)')
    if name and vim.startswith(name, lead) then table.insert(names, name) end
  end
  return names
end

-- Defines commands and autocommands; plugin/ctxls.lua calls it once.
function M.install()
  local command = vim.api.nvim_create_user_command
  command('CtxlsFixAll', function()
    local done, err = M.fix_all()
    if not done then
      notice(err, vim.log.levels.ERROR)
    elseif done == 0 then
      notice('nothing here has a safe fix')
    end
  end, { desc = 'Apply all safe fixes of ctxls to this file' })
  command('CtxlsRestart', M.restart, { desc = 'Restart ctxls' })
  command('CtxlsExplain', function(args) M.explain(args.args) end, {
    nargs = '?', complete = M.rules, desc = 'Show the page of a rule of ctxls',
  })
  if M.has_config() then vim.lsp.config('ctxls', { on_exit = M.ended }) end
  local group = vim.api.nvim_create_augroup('ctxls', {})
  if not M.has_config() then
    vim.api.nvim_create_autocmd('FileType', {
      group = group, pattern = M.filetypes, callback = function(args) M.start(args.buf) end,
    })
  end
  vim.api.nvim_create_autocmd('BufWritePre', {
    group = group, pattern = '*.go',
    callback = function(args)
      if not M.options.fix_on_save or #M.clients(args.buf) == 0 then return end
      local done, err = M.fix_all(args.buf)
      if not done then notice('written without fixes: ' .. err, vim.log.levels.WARN) end
    end,
  })
end

return M
