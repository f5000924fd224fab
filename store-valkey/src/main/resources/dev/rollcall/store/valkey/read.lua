-- Reads values and when their leases end, each pair at one moment.
-- KEYS: services'. Returns two items for each: the value, false if there is none or '' if it is no
-- string; and when its lease ends, in milliseconds, or less than 0.
--@include shared.lua
local found = {}
for i, key in ipairs(KEYS) do
  found[2 * i - 1] = read('GET', key)
  found[2 * i] = redis.call('PEXPIRETIME', key)
end
return found
