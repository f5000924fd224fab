#!lua flags=allow-oom
-- Starts the leases of live services again, each for its own ttl from now.
-- KEYS: the services'. ARGV: the ttl of a service that has none, in milliseconds; the ttl that most have, in
-- seconds as JSON has it; then for each key the lease id that the holder must have, escaped as in JSON, or '"' if
-- any will do.
-- Returns the time now; then the ttl, once if it is the usual one for all, else for each: 0 if another holds it,
-- false if it is not alive. All is in milliseconds.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local usual = math.floor(ARGV[2] * 1000 + 0.5)
local usual_end = string.format('%d', now + usual)
local after_lease = '","ttl_seconds":' .. ARGV[2] .. ','

-- Only called for, since to define what the scripts share would add a sixth to a ping.
local function shared_holder()
  --@include shared.lua
  return holder
end

local answers = {now, usual}
local alike = true
local holder, length, last
for i, key in ipairs(KEYS) do
  local fence = ARGV[i + 2]
  if #fence ~= length then
    length = #fence
    last = tostring(12 + length + #after_lease)
  end
  local ttl, ends = false, nil
  -- What most values of ours begin with (docs/valkey.md, "What is stored") is compared as it is: to take it apart costs as much as all else.
  if fence ~= '"' and redis.pcall('GETRANGE', key, '0', last) == '{"lease_id":"' .. fence .. after_lease then
    ttl, ends = usual, usual_end
  else
    holder = holder or shared_holder()
    local lease, own = holder(key, redis.pcall('GETRANGE', key, '0', '99'), ARGV[1])
    if lease and fence ~= '"' and lease ~= '' and cjson.decode('["' .. fence .. '"]')[1] ~= lease then
      ttl = 0
    elseif lease then
      ttl, ends = own, string.format('%d', now + own)
    end
  end
  -- XX: what has no lease is no service, and gets none.
  if ends and redis.call('PEXPIREAT', key, ends, 'XX') == 0 then
    ttl = false
  end
  if alike and ttl ~= usual then
    alike = false
    for j = 2, i do
      answers[j] = usual
    end
  end
  if not alike then
    answers[i + 1] = ttl
  end
end
return answers
