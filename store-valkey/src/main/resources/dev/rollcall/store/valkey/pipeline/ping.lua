#!lua flags=allow-oom
-- Renews the leases of live services, each for its own ttl from now.
-- KEYS: those of the services. ARGV: the ttl of a service that has none, in milliseconds, after a space the length of what
-- precedes the id in a key, and, if there are histories, after another space how long one is kept from now, a space and
-- the start of its key; the ttl that most have, in seconds as JSON writes it; then for each key the lease id that the
-- holder must have, escaped as in JSON, or '"' if any lease will do.
-- Returns the time now, then the ttl: once if all have the usual one, otherwise for each key, with 0 if another lease
-- holds it, and false if it is not alive. All in milliseconds.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local usual = math.floor(ARGV[2] * 1000 + 0.5)
local usual_end = string.format('%d', now + usual)
local after_lease = '","ttl_seconds":' .. ARGV[2] .. ','

-- A history lives longer than its service, and ends by itself. So once a day each service renews it: with its first
-- pings of the day in UTC, which come within its ttl.
local time_of_day = now % 86400000

local function renew_history(key)
  local keep, start = string.match(ARGV[1], '^%d+ %d+ (%d+) (.+)$')
  if keep then
    redis.pcall('PEXPIRE', start .. key .. (string.find(start, '{', 1, true) and '}' or ''), keep)
  end
end

-- Loaded only if needed: defining the shared functions would make a ping a sixth slower.
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
  -- The start of most values by Rollcall (docs/valkey.md, "What is stored") is compared as text: parsing it costs as
  -- much as everything else.
  if fence ~= '"' and redis.pcall('GETRANGE', key, '0', last) == '{"lease_id":"' .. fence .. after_lease then
    ttl, ends = usual, usual_end
  else
    holder = holder or shared_holder()
    local default, prefix = string.match(ARGV[1], '^(%d+) (%d+)')
    local id = string.sub(key, prefix + 1)
    local lease, own = holder(key, id, redis.pcall('GETRANGE', key, '0', '99'), default)
    if lease and fence ~= '"' and lease ~= '' and cjson.decode('["' .. fence .. '"]')[1] ~= lease then
      ttl = 0
    elseif lease then
      ttl, ends = own, string.format('%d', now + own)
    end
  end
  -- XX: a key without an expiry is not a service, and gets no expiry.
  if ends and redis.call('PEXPIREAT', key, ends, 'XX') == 0 then
    ttl = false
  elseif ends and time_of_day < ttl then
    renew_history(key)
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
