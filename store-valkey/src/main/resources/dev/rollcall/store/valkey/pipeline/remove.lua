#!lua flags=allow-oom
-- Removes a live service.
-- KEYS: the service's. ARGV: the channel for hints, and the hint to publish there; the lease id that the holder
-- must have, if it must have one.
-- Returns what was stored and when its lease would have ended; false if it is not alive; 0 if another holds it.
--@include shared.lua
local value = read('GET', KEYS[1])
if not value then
  return false
end
local ends = redis.call('PEXPIRETIME', KEYS[1])
local lease = holder(KEYS[1], value)
if not lease or ends < 0 then
  return false
end
if ARGV[3] and lease ~= '' and lease ~= ARGV[3] then
  return 0
end
redis.call('DEL', KEYS[1])
redis.pcall('PUBLISH', ARGV[1], ARGV[2]) -- An ACL may forbid it, which must not fail the removal.
return {value, ends}
