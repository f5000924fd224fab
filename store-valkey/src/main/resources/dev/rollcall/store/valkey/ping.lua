-- Starts the leases of live services again, each for its own ttl from now.
-- KEYS: the services'. ARGV: the ttl of a service that has none, in milliseconds; then for each key '='
-- and the lease id that the holder must have, or nothing if any will do.
-- Returns two items for each: the ttl and when the lease ends, in milliseconds; or false twice if it is
-- not alive; or 0 twice if another holds it.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local answers = {}
for i, key in ipairs(KEYS) do
  local head = redis.pcall('GETRANGE', key, 0, 99)
  local lease, ttl
  if type(head) == 'string' then
    lease, ttl = string.match(head, '^{"lease_id": ?"([^"\\]*)", ?"ttl_seconds": ?(%d+%.?%d*)[,}]')
    ttl = tonumber(ttl)
  end
  if ttl and ttl >= 1 and ttl <= 86400 then
    ttl = math.floor(ttl * 1000 + 0.5)
  else
    -- Only here, since to define the functions would add a sixth to each ping of a service of ours.
    --@include shared.lua
    lease, ttl = holder(key, head, ARGV[1])
  end
  local fence = ARGV[i + 1]
  local answer, ends = false, false
  if lease and fence ~= '' and lease ~= '' and fence ~= '=' .. lease then
    answer, ends = 0, 0
  -- XX: what has no lease is no service, and gets none.
  elseif lease and redis.call('PEXPIREAT', key, now + ttl, 'XX') == 1 then
    answer, ends = ttl, now + ttl
  end
  answers[2 * i - 1], answers[2 * i] = answer, ends
end
return answers
