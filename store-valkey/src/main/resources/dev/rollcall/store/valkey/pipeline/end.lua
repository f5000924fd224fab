#!lua flags=allow-oom
-- Records how a service ended, as one has seen it who watched, if it is not alive and nobody has recorded an end.
-- KEYS: that of the service. ARGV: the key of its history, how long that is kept then, in milliseconds, the time of the
-- event, and the event.
--@include events.lua
if redis.call('PEXPIRETIME', KEYS[1]) == -2 then
  local at = start_of(redis.pcall('LINDEX', ARGV[1], 0))
  if at and at + 0 <= tonumber(ARGV[3]) then
    redis.pcall('LPUSH', ARGV[1], ARGV[4])
    redis.pcall('PEXPIRE', ARGV[1], ARGV[2])
  end
end
