#!lua flags=allow-oom
-- Removes a live service.
-- KEYS: that of the service. ARGV: the channel for hints, and the hint to publish there; the key of the history, or ''
-- for none, how long that is kept from now, in milliseconds, and the end of the JSON of the event; the lease id that the
-- holder must have, if it must have one.
-- Returns the stored value, the end of its lease and the time now; false if it is not alive; 0 if another lease holds it.
--@include shared.lua
--@include own.lua
local value = read('GET', KEYS[1])
if not value then
  return false
end
local id = string.match(ARGV[2], ' (.*)$')
local _, _, behind = own_start(value, '"id":"' .. id .. '",')
behind = behind and string.match(value, '^"name":"[^"\\]*",()', behind) or behind
-- What is not a service must stay, so the rest of it counts, too.
local is_own = behind and string.find(value, '^"url":"[^"\\]*","info":{.*}}$', behind)
if not is_own and not decode(value, id) then
  return false
end
local ends = redis.call('PEXPIRETIME', KEYS[1])
if ends < 0 or ends > LAST_END then
  return false
end
local lease = holder(KEYS[1], id, value)
if ARGV[6] and lease ~= '' and lease ~= ARGV[6] then
  return 0
end
redis.call('DEL', KEYS[1])
local clock = redis.call('TIME')
local time = clock[1] * 1000 + math.floor(clock[2] / 1000)
if ARGV[3] ~= '' then -- A failure to record must not fail the removal.
  local count = redis.pcall('LPUSH', ARGV[3], '{"type":"deregistered","at":' .. time .. ARGV[5])
  if type(count) == 'number' and count > 32 then -- as in register.lua: another program may have registered it each time
    redis.pcall('LTRIM', ARGV[3], 0, 16)
  end
  redis.pcall('PEXPIRE', ARGV[3], ARGV[4])
end
redis.pcall('PUBLISH', ARGV[1], ARGV[2]) -- An ACL may forbid it, which must not fail the removal.
return {value, ends, time}
