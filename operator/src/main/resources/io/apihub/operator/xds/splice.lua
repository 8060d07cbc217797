-- Applies the splices that the check returned, hides an upstream's refusal of our credential, and notes two
-- things that Envoy's own filters can't see in answers. Nothing else.

-- What an answer made here says in each dialect. `reason` is for programs, `text` for people.
local function render(h, dialect, code, reason, text)
  h:streamInfo():dynamicMetadata():set("apihub.lua", "rendered", true)
  if dialect == "anthropic" or dialect == "anthropic_count" then
    return '{"type":"error","error":{"type":"api_error","message":"' .. text .. '"}}'
  elseif dialect == "gemini" then
    return '{"error":{"code":' .. code .. ',"message":"' .. text .. '","status":"UNAVAILABLE"}}'
  end
  return '{"error":{"message":"' .. text .. '","type":"server_error","code":"' .. reason .. '","param":null}}'
end

local function authz(h)
  return h:streamInfo():dynamicMetadata():get("envoy.filters.http.ext_authz")
end

local function splice(h, edits)
  local body = h:body()
  local s = body:getBytes(0, body:length())
  local out, from = {}, 1
  for _, e in ipairs(edits) do
    local at, delete = e["at"], e["delete"]
    assert(at + 1 >= from and at + delete <= #s, "edit out of order or outside the body")
    out[#out + 1] = s:sub(from, at)
    out[#out + 1] = e["insert"]
    from = at + delete + 1
  end
  out[#out + 1] = s:sub(from)
  h:headers():replace("content-length", tostring(body:setBytes(table.concat(out))))
end

-- An error answers 503: a request never goes on unedited.
function envoy_on_request(h)
  local m = authz(h)
  if m == nil or m["edits"] == nil then return end
  local ok, why = pcall(splice, h, m["edits"])
  if ok then return end
  h:logErr("splice: " .. tostring(why))
  local body = render(h, m["dialect"], 503, "gateway_error", "The gateway could not prepare this request. Try again.")
  h:respond({
    [":status"] = "503", ["content-type"] = "application/json", ["retry-after"] = "1",
    ["x-should-retry"] = "true", ["x-apihub-reason"] = "gateway_error",
  }, body)
end

-- ai_protocol_manager adds up what was written to the caches of five minutes and of one hour, which have two prices. The chunks pass as
-- they come, none is kept but for its end; the last mention counts, because usage follows what the model wrote.
local ONE_HOUR = '"ephemeral_1h_input_tokens"%s*:%s*(%d+)'

local function watch_cache_writes(h)
  local rest, tokens = "", nil
  for chunk in h:bodyChunks() do
    local text = rest .. chunk:getBytes(0, chunk:length())
    for n in text:gmatch(ONE_HOUR) do tokens = n end
    rest = text:sub(-64)
  end
  if tokens ~= nil then
    h:streamInfo():dynamicMetadata():set("apihub.json", "usage", '{"cache_creation":{"ephemeral_1h_input_tokens":' .. tokens .. '}}')
  end
end

-- Each event of Gemini's has the usage so far; that it is the last word is said within a list, where sse_to_metadata does not look.
local LAST_WORD = '"finishReason"%s*:%s*"'

local function watch_end(h)
  local rest, seen = "", false
  for chunk in h:bodyChunks() do
    if not seen then
      local text = rest .. chunk:getBytes(0, chunk:length())
      if text:find(LAST_WORD) then
        seen = true
        h:streamInfo():dynamicMetadata():set("apihub.json", "finished", "true")
      end
      rest = text:sub(-32)
    end
  end
end

function envoy_on_response(h)
  local s = h:headers():get(":status")
  if s == "200" then
    local kind = h:headers():get("content-type")
    if kind == nil then return end
    local json = kind:sub(1, 16) == "application/json"
    local m = authz(h)
    local dialect = m and m["dialect"]
    if json and dialect == "anthropic" then
      watch_cache_writes(h)
    elseif not json and dialect == "gemini" then
      watch_end(h)
    end
    return
  end
  -- An upstream that refuses OUR credential is not the client's fault.
  if s ~= "401" and s ~= "403" or h:headers():get("x-envoy-upstream-service-time") == nil then return end
  h:streamInfo():dynamicMetadata():set("apihub.lua", "credential_refused", true) -- ext-authz counts it: an operator must act
  local m = authz(h)
  local body = render(h, m and m["dialect"], 502, "upstream_credential", "The upstream refused the gateway's credential.")
  h:headers():replace(":status", "502")
  h:headers():remove("www-authenticate")
  h:headers():remove("content-encoding")
  h:headers():replace("content-type", "application/json")
  h:headers():replace("x-should-retry", "true")
  h:headers():replace("x-apihub-reason", "upstream_credential")
  h:headers():replace("content-length", tostring(h:body(true):setBytes(body)))
end
