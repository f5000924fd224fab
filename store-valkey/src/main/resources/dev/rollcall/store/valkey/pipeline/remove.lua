#!lua flags=allow-oom
-- Removes a live service.
-- KEYS: that of the service. ARGV: the channel for hints, and the hint to publish there; the lease id that the holder
-- must have, if it must have one.
-- Returns the stored value and the end of its lease; false if it is not alive; 0 if another lease holds it.
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
