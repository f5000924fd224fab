-- Starts the lease of a live service again, for its own ttl from now.
-- KEYS: the service's. ARGV: the ttl of a service that has none, in milliseconds; the lease id that
-- the holder must have, if it must have one.
-- Returns the ttl and when the lease ends, in milliseconds; false if it is not alive; 0 if another holds it.
local head = redis.pcall('GETRANGE', KEYS[1], 0, 99)
local lease, ttl
if type(head) == 'string' then
  lease, ttl = string.match(head, '^{"lease_id": ?"([^"\\]*)", ?"ttl_seconds": ?(%d+%.?%d*)[,}]')
end
if lease then
  ttl = math.floor(ttl * 1000 + 0.5)
else
  -- Only here, since to define the functions would add a sixth to each ping of a service of ours.
  --@include shared.lua
  lease, ttl = holder(head, ARGV[1])
  if not lease then
    return false
  end
end
if ARGV[2] and lease ~= '' and lease ~= ARGV[2] then
  return 0
end
-- XX: what has no lease is no service, and gets none.
if redis.call('PEXPIRE', KEYS[1], ttl, 'XX') == 0 then
  return false
end
return {ttl, redis.call('PEXPIRETIME', KEYS[1])}
