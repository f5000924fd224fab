#!lua flags=allow-oom
-- Returns what happened to a service, newest first, after it has recorded its end if it is not alive.
-- KEYS: that of the service. ARGV: the key of its history, and how long that is kept then, in milliseconds.
--@include events.lua
if redis.call('PEXPIRETIME', KEYS[1]) == -2 then
  local at, ttl = start_of(redis.pcall('LINDEX', ARGV[1], 0))
  if at then
    local clock = redis.call('TIME')
    redis.pcall('LPUSH', ARGV[1], noticed_end(at, ttl, clock[1] * 1000 + math.floor(clock[2] / 1000)))
    redis.pcall('PEXPIRE', ARGV[1], ARGV[2])
  end
end
local events = redis.pcall('LRANGE', ARGV[1], 0, 16)
return events.err and {} or events
