#!lua flags=allow-oom
-- Removes a live service.
-- KEYS: that of the service. ARGV: the channel for hints, and the hint to publish there; the key of the history, or ''
-- for none, how long that is kept from now, in milliseconds, what an event says of the removal, and what it says of a
-- service that has no event; the lease id that the holder must have, if it must have one.
-- Returns the stored value and the end of its lease; false if it is not alive; 0 if another lease holds it.
--@include shared.lua
--@include events.lua
local value = read('GET', KEYS[1])
if not value then
  return false
end
local ends = redis.call('PEXPIRETIME', KEYS[1])
local lease = holder(KEYS[1], value)
if not lease or ends < 0 then
  return false
end
if ARGV[7] and lease ~= '' and lease ~= ARGV[7] then
  return 0
end
redis.call('DEL', KEYS[1])
if ARGV[3] ~= '' then
  local clock = redis.call('TIME')
  local time = clock[1] * 1000 + math.floor(clock[2] / 1000)
  local _, _, about = last_start(ARGV[3])
  record(ARGV[3], string.format('{"type":"deregistered","at":%d,', time) .. ARGV[5] .. (about or ARGV[6]) .. '}',
      ARGV[4])
end
redis.pcall('PUBLISH', ARGV[1], ARGV[2]) -- An ACL may forbid it, which must not fail the removal.
return {value, ends}
