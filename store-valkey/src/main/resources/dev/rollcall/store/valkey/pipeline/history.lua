#!lua flags=allow-oom
-- Returns what happened to a service, newest first, after it has recorded its end if it is not alive.
-- KEYS: that of the history. ARGV: the key of the service, or '' to record nothing, and how long the history is kept after
-- the end, in milliseconds.
--@include events.lua
-- While a slot moves, one of the keys may be at another server of the cluster, which is an error, and no end.
if ARGV[1] ~= '' and redis.pcall('PEXPIRETIME', ARGV[1]) == -2 then
  local at, ttl = start_of(redis.pcall('LINDEX', KEYS[1], 0))
  if at then
    local clock = redis.call('TIME')
    redis.pcall('LPUSH', KEYS[1], noticed_end(at, ttl, clock[1] * 1000 + math.floor(clock[2] / 1000)))
    redis.pcall('PEXPIRE', KEYS[1], ARGV[2])
  end
end
local events = redis.pcall('LRANGE', KEYS[1], 0, 16)
return events.err and {} or events
