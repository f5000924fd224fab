-- Reads values and when their leases end, all at one moment.
-- KEYS: services'. ARGV[1]: how many bytes of values to return at most, or nothing for any number.
-- Returns two items for each key: the value, or false if there is none or it is no string; and when its
-- lease ends, in milliseconds, or -1 if it has no end, or -2 if there is nothing. At the first value beyond
-- the limit it stops: in the place of that value is its length, and the keys after it have no items.
local GROUP = 50 -- What is read and not returned costs the server time: at most so many values.
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
      return found
    end
  end
end
return found
