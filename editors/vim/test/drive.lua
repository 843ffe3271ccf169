-- Drives ctxls through the LSP client of Neovim 0.7 to 0.12, without plugins.
-- Run by ./run, which sets CTXLS (the program) and FILE (the sample's main.go).
local ctxls, file = assert(os.getenv('CTXLS'), 'CTXLS is not set'), assert(os.getenv('FILE'), 'FILE is not set')
local folder = vim.fn.fnamemodify(file, ':h')
local version = vim.version()
local since = function(minor) return version.major > 0 or version.minor >= minor end

-- What stands in the sample: the rule, and the place as text in its line.
local findings = {
  { rule = 'lostcancel', line = 'ctx, cancel := context.WithTimeout', at = 'cancel', severity = 'WARN' },
  { rule = 'donenoexit', line = 'case <-ctx.Done():', below = 'for id := 0', at = 'ctx.Done()', severity = 'WARN' },
  { rule = 'deafsleep', line = 'time.Sleep', at = 'time.Sleep(200 * time.Millisecond)', severity = 'INFO' },
}

local passed, buf, client = 0, nil, nil

local function say(text) io.stdout:write(text .. '\n') end

local function check(name, ok, more)
  if not ok then error({ step = name, more = more }, 0) end
  passed = passed + 1
  say('ok ' .. name)
end

local function lines() return vim.api.nvim_buf_get_lines(buf, 0, -1, false) end

-- The first line that contains text, after the one that contains below.
local function line_of(text, below)
  local seen = below == nil
  for i, line in ipairs(lines()) do
    if seen and line:find(text, 1, true) then return i, line end
    seen = seen or line:find(below, 1, true) ~= nil
  end
  error('no line with ' .. text)
end

-- Neovim 0.7 keeps the code in user_data only.
local function code(d) return d.code or vim.tbl_get(d, 'user_data', 'lsp', 'code') end

local function found(rule)
  for _, d in ipairs(vim.diagnostic.get(buf)) do
    if d.source == 'ctxls' and code(d) == rule then return d end
  end
end

local function diagnostics()
  local out = {}
  for _, d in ipairs(vim.diagnostic.get(buf)) do
    table.insert(out, ('%d:%d %s %s'):format(d.lnum + 1, d.col + 1, tostring(code(d)), d.message))
  end
  return table.concat(out, '\n')
end

local function clients()
  if vim.lsp.get_clients then return vim.lsp.get_clients({ bufnr = buf }) end
  return vim.tbl_values(vim.lsp.buf_get_clients(buf))
end

-- As the README says it for each version.
local function open(name)
  local settings = { inlayHints = { goroutines = true, contexts = true } }
  if since(11) and not client then
    vim.lsp.config('ctxls', { cmd = { ctxls }, filetypes = { 'go' }, root_markers = { 'go.work', 'go.mod' }, init_options = settings })
    vim.lsp.enable('ctxls')
  end
  vim.cmd('edit ' .. vim.fn.fnameescape(name))
  buf = vim.api.nvim_get_current_buf()
  local config = { name = 'ctxls', cmd = { ctxls }, root_dir = folder, init_options = settings }
  if not since(8) then
    config.workspace_folders = { { uri = vim.uri_from_fname(folder), name = folder } }
    vim.lsp.buf_attach_client(buf, client and client.id or assert(vim.lsp.start_client(config)))
  elseif not since(11) then
    vim.lsp.start(config)
  end
  check('attached', vim.wait(30000, function() return #clients() == 1 end, 50))
  check('to the one server', not client or clients()[1].id == client.id)
  client = clients()[1]
end

local function wait_for_findings()
  for _, want in ipairs(findings) do
    vim.wait(120000, function() return found(want.rule) ~= nil end, 50)
    check(want.rule .. ' is shown', found(want.rule), diagnostics())
    local d, n, text = found(want.rule), line_of(want.line, want.below)
    local col = text:find(want.at, 1, true) - 1
    local place = ('%d:%d-%d:%d'):format(d.lnum, d.col, d.end_lnum, d.end_col)
    local wanted = ('%d:%d-%d:%d'):format(n - 1, col, n - 1, col + #want.at)
    check(want.rule .. ' stands on ' .. want.at, place == wanted, place .. ', not ' .. wanted)
    check(want.rule .. ' is ' .. want.severity, d.severity == vim.diagnostic.severity[want.severity], d.severity)
  end
  check('nothing else', #vim.diagnostic.get(buf) == #findings, diagnostics())
end

-- What the server answers about text in the line that contains line.
local function ask(method, line, text)
  local n, content = line_of(line)
  local at = { line = n - 1, character = content:find(text, 1, true) - 1 }
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(buf) }, position = at,
    range = { start = { line = 0, character = 0 }, ['end'] = { line = #lines(), character = 0 } },
  }
  local answer = (vim.lsp.buf_request_sync(buf, method, params, 30000) or {})[client.id] or {}
  return answer.result
end

-- What explains: only what this Neovim has a use for is announced to it.
local function explanations()
  local can = client.server_capabilities
  local hover = ask('textDocument/hover', 'ctx, cancel := context.WithTimeout', 'ctx')
  check('hover tells the deadline', hover and hover.contents.value:find('WithTimeout 1s', 1, true), vim.inspect(hover))
  local marks = ask('textDocument/documentHighlight', 'ctx, cancel := context.WithTimeout', 'cancel')
  local kinds = {}
  for _, mark in ipairs(marks or {}) do kinds[mark.kind] = (kinds[mark.kind] or 0) + 1 end
  check('the story is highlighted', kinds[1] == 1 and kinds[2] and kinds[3], vim.inspect(marks))
  if can.inlayHintProvider then
    local labels = {}
    for _, hint in ipairs(ask('textDocument/inlayHint', 'package main', 'main') or {}) do table.insert(labels, hint.label) end
    check('hints are shown', vim.tbl_contains(labels, '← signal.NotifyContext ← Background'), table.concat(labels, ' | '))
  end
  if can.codeLensProvider then
    local lenses = ask('textDocument/codeLens', 'package main', 'main')
    check('lenses are shown', lenses and #lenses == 2, vim.inspect(lenses))
  end
end

-- Puts the cursor on the finding and takes the action with this title from
-- the menu, in which a user would choose.
local function take_action(rule, title)
  local d, titles, select = found(rule), {}, vim.ui.select
  vim.ui.select = function(items, opts, choose)
    local choice
    for i, item in ipairs(items) do
      titles[i] = opts.format_item(item)
      if titles[i] == title then choice = i end
    end
    choose(items[choice], choice)
  end
  local tick = vim.api.nvim_buf_get_changedtick(buf)
  vim.api.nvim_win_set_cursor(0, { d.lnum + 1, d.col })
  vim.lsp.buf.code_action()
  vim.wait(30000, function() return vim.api.nvim_buf_get_changedtick(buf) ~= tick end, 50)
  vim.ui.select = select
  check(title .. ' is in the menu', vim.tbl_contains(titles, title), table.concat(titles, ' | '))
  check(title .. ' is the first', titles[1] == title, table.concat(titles, ' | '))
end

-- Asks with the cursor's position and no diagnostics, as configurations do:
-- the answer is for the whole file all the same.
local function fix_all()
  local at = { line = 0, character = 0 }
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(buf) },
    range = { start = at, ['end'] = at },
    context = { only = { 'source.fixAll.ctxls' }, diagnostics = {} },
  }
  local answers = vim.lsp.buf_request_sync(buf, 'textDocument/codeAction', params, 30000)
  for _, answer in pairs(answers or {}) do
    for _, action in ipairs(answer.result or {}) do
      if not action.edit then
        action = assert(vim.lsp.buf_request_sync(buf, 'codeAction/resolve', action, 30000))[client.id].result
      end
      vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
    end
  end
end

local function on_disk(name)
  local f = assert(io.open(name or file))
  local text = f:read('*a')
  f:close()
  return text
end

local function succeeds(...)
  local command = { ... }
  local out = vim.fn.system('cd ' .. vim.fn.shellescape(folder) .. ' && ' ..
    table.concat(vim.tbl_map(vim.fn.shellescape, command), ' ') .. ' 2>&1')
  check(table.concat({ vim.fn.fnamemodify(command[1], ':t'), unpack(command, 2) }, ' '), vim.v.shell_error == 0, out)
end

-- A finding behind characters of two UTF-16 units, a fix of many lines, and
-- what is fixed with the save.
local function second_file()
  local first, name = buf, folder .. '/worker.go'
  open(name)
  vim.wait(30000, function() return #vim.diagnostic.get(buf) == 2 end, 50)
  local d, n, text = found('lostcancel'), line_of('cancel := context')
  check('a finding stands behind two rockets', d and d.lnum == n - 1 and d.col == text:find('cancel', 1, true) - 1, diagnostics())
  local before = table.concat(lines(), '\n')
  take_action('deafgoroutine', 'Add select on ctx.Done()')
  check('the select is in the buffer', line_of('case n, ok = <-numbers:'))
  vim.cmd('silent undo')
  check('undo takes it back', table.concat(lines(), '\n') == before, table.concat(lines(), '\n'))
  vim.cmd('silent redo')
  local autocmd = vim.api.nvim_create_autocmd('BufWritePre', { buffer = buf, callback = fix_all })
  vim.cmd('silent write')
  check('the rest is fixed with the save', on_disk(name):find('🚀🚀 */ ctx, cancel := context.WithTimeout(ctx, time.Second)\n\tdefer cancel()\n', 1, true), on_disk(name))
  vim.wait(30000, function() return #vim.diagnostic.get(buf) == 0 end, 50)
  check('the second file has no finding left', #vim.diagnostic.get(buf) == 0, diagnostics())
  vim.api.nvim_del_autocmd(autocmd)
  vim.cmd('buffer ' .. first)
  buf = first
end

local function main()
  say(('Neovim %d.%d.%d'):format(version.major, version.minor, version.patch))
  open(file)
  wait_for_findings()
  explanations()
  local before = on_disk()

  take_action('lostcancel', 'Insert defer cancel()')
  local n = line_of('ctx, cancel := context.WithTimeout')
  check('defer cancel() follows in the buffer', lines()[n + 1] == '\tdefer cancel()', lines()[n + 1])
  check('the disk is untouched', on_disk() == before)

  second_file()
  local autocmd = vim.api.nvim_create_autocmd('BufWritePre', { buffer = buf, callback = fix_all })
  vim.cmd('silent write')
  check('the disk has the buffer', on_disk() == table.concat(lines(), '\n') .. '\n')
  succeeds('go', 'build', './...')
  succeeds('go', 'vet', './...')
  succeeds(ctxls, 'check', '--all', './...')
  vim.wait(30000, function() return #vim.diagnostic.get(buf) == 0 end, 50)
  check('no finding is left', #vim.diagnostic.get(buf) == 0, diagnostics())

  -- The silence was no dead server: the bug comes back, and so does the finding.
  vim.api.nvim_del_autocmd(autocmd)
  vim.api.nvim_buf_set_lines(buf, n, n + 1, false, {})
  vim.cmd('silent write')
  vim.wait(30000, function() return found('lostcancel') ~= nil end, 50)
  check('lostcancel is back', found('lostcancel'), diagnostics())

  if since(11) then vim.lsp.enable('ctxls', false) end
  client.stop(since(11) and client or nil)
  vim.wait(10000, function() return #clients() == 0 end, 50)
  check('the server ended', #clients() == 0)
end

local ok, failure = xpcall(main, function(e)
  return type(e) == 'table' and e or { step = 'the script itself', more = debug.traceback(e) }
end)
if not ok then say(('FAIL %s\n%s'):format(failure.step, tostring(failure.more or ''))) end
say(('%d passed, %d failed'):format(passed, ok and 0 or 1))
vim.cmd(ok and 'quitall!' or 'cquit 1')
