-- Reads values and the ends of their leases, all at one moment.
-- KEYS: those of the services. ARGV[1]: the maximum number of bytes of values to return, or nothing for no limit.
-- Returns two items for each key: the value, or false if the key does not exist or is not a string; and the end of
-- its lease in milliseconds, or -1 if the key has no expiry, or -2 if the key does not exist. It stops at the first
-- value beyond the limit: the length of that value is returned in its place, and no items for the keys after it.
-- The last item is the time now, in milliseconds.
local GROUP = 50 -- Values that are read and not returned cost the server time: at most so many.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local left = ARGV[1] and tonumber(ARGV[1]) or math.huge
local found = {}
for first = 1, #KEYS, GROUP do
  local last = math.min(first + GROUP - 1, #KEYS)
  local values = redis.call('MGET', unpack(KEYS, first, last))
  for i = first, last do
    local value = values[i - first + 1]
    left = left - (value and #value or 0)
    found[2 * i - 1] = left < 0 and #value or value
    found[2 * i] = redis.call('PEXPIRETIME', KEYS[i])
    if left < 0 then
      found[2 * i + 1] = now
      return found
    end
  end
end
found[2 * #KEYS + 1] = now
return found
