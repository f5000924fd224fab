#!lua flags=allow-oom
-- Records in the event with which a live service has started that it has refused calls with other leases.
-- KEYS: that of the service. ARGV: the key of its history; how many calls were refused since the last record, and how long
-- before the last of them the first one was, in milliseconds; and the end of the JSON of that last one, from the call on.
--@include events.lua
local event = redis.call('PEXPIRETIME', KEYS[1]) >= 0 and redis.pcall('LINDEX', ARGV[1], 0)
local at = start_of(event)
if at then
  local clock = redis.call('TIME')
  local time = clock[1] * 1000 + math.floor(clock[2] / 1000)
  -- Of the calls before the last one, some may have been refused by a holder before this one.
  local count = at + 0 <= time - ARGV[3] and ARGV[2] or 1
  -- The quotes cannot be those of a text, in which a backslash is before each.
  local start, _, counted = string.find(event, ',"refused":{"count":(%d+),')
  redis.pcall('LSET', ARGV[1], 0, string.sub(event, 1, (start or #event) - 1)
      .. string.format(',"refused":{"count":%d,"at":%d', (counted or 0) + count, time) .. ARGV[4])
end
