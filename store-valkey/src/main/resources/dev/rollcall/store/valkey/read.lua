-- Reads values and when their leases end, all at one moment.
-- KEYS: services'. Returns two items for each: the value, or false if there is none or it is no string;
-- and when its lease ends, in milliseconds, or -1 if it has no end, or -2 if there is nothing.
local found = {}
local values = redis.call('MGET', unpack(KEYS))
for i, key in ipairs(KEYS) do
  found[2 * i - 1] = values[i]
  found[2 * i] = redis.call('PEXPIRETIME', key)
end
return found
