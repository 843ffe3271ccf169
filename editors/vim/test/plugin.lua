-- Drives the plugin: its start, commands, options and help. Run by ./run.
local ctxls, file = assert(os.getenv('CTXLS'), 'CTXLS is not set'), assert(os.getenv('FILE'), 'FILE is not set')
local root = assert(os.getenv('PLUGIN'), 'PLUGIN is not set')
vim.opt.runtimepath:prepend(root)
vim.cmd('runtime! plugin/ctxls.lua')
vim.cmd('helptags ' .. vim.fn.fnameescape(os.getenv('TAGS')))

local passed, messages = 0, {}
local function say(text) io.stdout:write(text .. '\n') end
local function check(name, ok, more)
  if not ok then error({ step = name, more = more }, 0) end
  passed = passed + 1
  say('ok ' .. name)
end
vim.notify = function(text) table.insert(messages, text) end

local plugin = require('ctxls')
local function lines(buf) return vim.api.nvim_buf_get_lines(buf, 0, -1, false) end
local function count(buf)
  return #vim.tbl_filter(function(d) return d.source == 'ctxls' end, vim.diagnostic.get(buf))
end
local function has(buf, text) return table.concat(lines(buf), '\n'):find(text, 1, true) ~= nil end
local function read()
  local f = assert(io.open(file))
  local text = f:read('*a')
  f:close()
  return text
end
local function on(text)
  for i, line in ipairs(lines(0)) do
    local col = line:find(text, 1, true)
    if col then
      vim.api.nvim_win_set_cursor(0, { i, col - 1 })
      return
    end
  end
  error('no ' .. text)
end
local function saw(text)
  return #vim.tbl_filter(function(m) return m:find(text, 1, true) end, messages) > 0
end

local function main()
  check('the commands are there', vim.fn.exists(':CtxlsFixAll') == 2 and vim.fn.exists(':CtxlsRestart') == 2 and vim.fn.exists(':CtxlsExplain') == 2)

  plugin.setup({ cmd = { 'no-such-ctxls' } })
  if not plugin.has_config() then
    vim.cmd('edit ' .. vim.fn.fnameescape(file))
    vim.cmd('doautocmd FileType')
    check('a missing program is told once', #messages == 1 and saw('no-such-ctxls is not on PATH'), vim.inspect(messages))
    vim.cmd('bwipeout')
  end
  messages = {}

  plugin.setup({ nope = 1, timeout = 'long', cmd = ctxls })
  check('wrong options are told', saw('no option nope') and saw('timeout is a string, not a number') and #messages == 2, vim.inspect(messages))
  check('one program may be a text', vim.deep_equal(plugin.options.cmd, { ctxls }), vim.inspect(plugin.options))
  plugin.setup({ cmd = { ctxls }, init_options = { inlayHints = { goroutines = true } } })
  if plugin.has_config() then vim.lsp.enable('ctxls') end
  vim.cmd('edit ' .. vim.fn.fnameescape(file))
  local buf = vim.api.nvim_get_current_buf()
  check('a Go file starts the server', vim.wait(30000, function() return #plugin.clients(buf) == 1 end, 20))
  check('its folder is the module', plugin.clients(buf)[1].config.root_dir == vim.fn.fnamemodify(file, ':h'), plugin.clients(buf)[1].config.root_dir)
  check('findings are shown', vim.wait(120000, function() return count(buf) == 3 end, 50), count(buf))

  on('cancel := context.WithTimeout')
  check('the finding under the cursor is known', plugin.rule_here() == 'lostcancel', plugin.rule_here())
  vim.cmd('CtxlsExplain')
  local page = vim.api.nvim_get_current_buf()
  check('its page is shown', page ~= buf and has(page, 'lostcancel') and #lines(page) > 20, table.concat(lines(page), '\n'))
  vim.cmd('bwipeout')
  check('rules are completed', vim.deep_equal(plugin.rules('deafs'), { 'deafsleep' }), vim.inspect(plugin.rules('deafs')))
  vim.cmd('CtxlsExplain nosuchrule')
  check('an unknown rule is told', saw('nosuchrule'), vim.inspect(messages))

  local before = lines(buf)
  vim.cmd('CtxlsFixAll')
  check('all safe fixes are applied', has(buf, 'defer cancel()') and vim.bo[buf].modified, table.concat(lines(buf), '\n'))
  check('the disk is untouched', table.concat(before, '\n') .. '\n' == read())
  vim.cmd('silent undo')
  check('undo takes them back', vim.deep_equal(lines(buf), before))

  check('the server has the old text', vim.wait(30000, function() return count(buf) == 3 end, 50), count(buf))
  vim.cmd('silent write!')
  check('a write fixes nothing by itself', not has(buf, 'defer cancel()'))
  plugin.setup({ fix_on_save = true })
  vim.api.nvim_buf_set_lines(buf, 0, 0, false, { '// Edited.' })
  vim.cmd('silent write')
  check('a write fixes where it is to', has(buf, 'defer cancel()') and read() == table.concat(lines(buf), '\n') .. '\n', read())
  check('the findings are gone', vim.wait(30000, function() return count(buf) == 0 end, 50), count(buf))
  vim.cmd('CtxlsFixAll')
  check('nothing left to fix is told', saw('nothing here has a safe fix'), vim.inspect(messages))

  vim.bo[buf].modifiable = false
  vim.cmd('CtxlsFixAll')
  check('a buffer that cannot be changed is told', saw('the buffer cannot be changed'), vim.inspect(messages))
  vim.bo[buf].modifiable = true

  local killed = plugin.clients(buf)[1].id
  vim.fn.system('pkill -KILL -f ' .. vim.fn.shellescape('^' .. ctxls) .. ' -P ' .. vim.fn.getpid())
  check('a server that was killed comes back', vim.wait(30000, function()
    local now = plugin.clients(buf)
    return #now == 1 and now[1].id ~= killed
  end, 20), vim.inspect(messages))

  local old = plugin.clients(buf)[1].id
  vim.cmd('CtxlsRestart')
  check('a new server runs', vim.wait(30000, function()
    local now = plugin.clients(buf)
    return #now == 1 and now[1].id ~= old
  end, 20))
  vim.cmd('undo')
  vim.cmd('noautocmd silent write')
  plugin.setup({ fix_on_save = false })
  vim.cmd('silent write')
  check('the new one finds', vim.wait(60000, function() return count(buf) > 0 end, 50))

  vim.cmd('checkhealth ctxls')
  local health = table.concat(lines(0), '\n')
  check('its health is told', health:find('ctxls', 1, true) and health:lower():find('server %d+ runs') and not health:find('ERROR'), health)
  vim.cmd('bwipeout!')
  vim.cmd('silent! help :CtxlsExplain')
  check('help is there', vim.api.nvim_buf_get_name(0):find('ctxls.txt$') ~= nil, vim.api.nvim_buf_get_name(0))
  vim.cmd('helpclose')

  if plugin.has_config() then vim.lsp.enable('ctxls', false) end
  plugin.stop()
  check('the server ended', #plugin.clients() == 0)
end

local ok, failure = xpcall(main, function(e)
  return type(e) == 'table' and e or { step = 'the script itself', more = debug.traceback(e) }
end)
if not ok then say(('FAIL %s\n%s'):format(failure.step, tostring(failure.more or ''))) end
say(('%d passed, %d failed'):format(passed, ok and 0 or 1))
vim.cmd(ok and 'quitall!' or 'cquit 1')
