-- Functions for values that Rollcall has written. They follow those of shared.lua. Its text replaces the include line of a
-- script.

-- The end of the year 9999, in milliseconds since 1970: no service is read whose lease ends later.
local LAST_END = 253402300799999

-- Returns whether a text is a time in the form in which Rollcall writes it.
local function is_own_time(text)
  if not string.find(text, '^%d%d%d%d%-%d%d%-%d%dT%d%d:[0-5]%d:[0-5]%d%.%d%d%d%d%d%d%+00:00$') then
    return false
  end
  local m1, m2, _, d1, d2, _, h1, h2 = string.byte(text, 6, 13)
  local month, day, hour = m1 * 10 + m2 - 528, d1 * 10 + d2 - 528, h1 * 10 + h2 - 528 -- 528 is two zeros in ASCII.
  return month > 0 and month <= 12 and day > 0 and day <= 28 and hour <= 23 or is_time(text)
end

-- Returns registered_at of a service whose value starts as Rollcall writes it (docs/valkey.md, "What is stored"), up to
-- the member of its id; until when it counts as flapping, or nil; and where that member ends. Returns nil if the value
-- starts otherwise. Decoding a value costs several times as much.
local function own_start(head, id_member)
  local since, updated, at = string.match(head,
      '^{"lease_id":"[^"\\]*","ttl_seconds":%d+%.?%d*,"registered_at":"([^"]*)","last_updated":"([^"]*)",'
      .. '"last_ping_at":"[^"\\]*","expires_at":"[^"\\]*",()')
  local first, last = string.find(head, id_member, at, true)
  -- Most services have registered once, so both times are the same.
  if not at or not first or not is_own_time(since) or since ~= updated and not is_own_time(updated) then
    return
  end
  if first == at then
    return since, nil, last + 1
  end
  local between = string.sub(head, at, first - 1)
  local flapping = string.match(between, '^"flapping_until":(%d+),$')
      or string.match(between, '^"update_id":"[^"\\]*","flapping_until":(%d+),$')
  if flapping or string.find(between, '^"update_id":"[^"\\]*",$') then
    return since, flapping, last + 1
  end
end
