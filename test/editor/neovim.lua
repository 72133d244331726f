-- Driven by test/lsp/neovim.test.ts: asks what a user would, and writes what came back to $NNET_RESULT.
local result = {}
local function wait(what, ready)
  if not vim.wait(20000, ready, 20) then error("waited for " .. what) end
end
local function request(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, 20000)
  for _, answer in pairs(answers or {}) do
    if answer.error then error(method .. ": " .. answer.error.message) end
    return answer.result
  end
end
local function find(text)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  if vim.fn.search("\\V" .. text) == 0 then error("no " .. text) end
end

local ok, failure = pcall(function()
  wait("diagnostics", function() return #vim.diagnostic.get(0) > 0 end)
  result.diagnostics = vim.tbl_map(function(d) return { line = d.lnum, code = d.code or vim.tbl_get(d, "user_data", "lsp", "code"), message = d.message } end, vim.diagnostic.get(0))

  find("conv2d(8, 31)")
  vim.cmd("substitute/31/3/")
  wait("no diagnostics", function() return #vim.diagnostic.get(0) == 0 end)

  find("conv2d(8, 3)")
  result.hover = request("textDocument/hover", vim.lsp.util.make_position_params(0, "utf-16")).contents.value

  find("relu")
  local items = request("textDocument/completion", vim.lsp.util.make_position_params(0, "utf-16"))
  result.completion = vim.tbl_map(function(item) return item.label end, items.items or items)

  find("stem")
  vim.lsp.buf.rename("first")
  wait("the rename", function() return not table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n"):find("stem") end)
  result.renamed = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")

  vim.cmd("%substitute/^ *//")
  if vim.lsp.buf.format then vim.lsp.buf.format({ timeout_ms = 20000 }) else vim.lsp.buf.formatting_sync(nil, 20000) end
  result.formatted = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end)
if not ok then result.failure = tostring(failure) end
vim.fn.writefile({ vim.fn.json_encode(result) }, vim.env.NNET_RESULT)
vim.cmd("qall!")
