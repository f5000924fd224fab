#!lua
-- Stores a service for its ttl from now. A live service of the same id keeps its registered_at.
-- KEYS: that of the service. ARGV: the lease id, the ttl in seconds and in milliseconds, the JSON from "id" on;
-- the channel for hints, and the hint to publish there; the key of the history, or '' for none, how long that is kept
-- after the end of the service, in milliseconds, and the end of the JSON of an event, from the name on; for an update
-- the lease id that the holder must have. An update keeps that lease id, and the one in ARGV[1] becomes its update_id;
-- a holder without a lease gets ARGV[1] as its lease id.
-- Returns the end of the lease, in milliseconds since 1970; false if the key holds something else; 0 if another lease
-- holds the id; -1 if an update finds no live service; an update of a holder without a lease returns the end in a
-- table. The value is changed only if an end is returned.
--@include shared.lua
--@include own.lua

-- Formats a time as Python's isoformat() does; the date by http://howardhinnant.github.io/date_algorithms.html
local function iso(time)
  local seconds = math.floor(time / 1000)
  local days = math.floor(seconds / 86400) + 719468 -- since 0000-03-01
  local era = math.floor(days / 146097)
  local of_era = days - era * 146097
  local year = math.floor((of_era - math.floor(of_era / 1460) + math.floor(of_era / 36524)
      - math.floor(of_era / 146096)) / 365)
  local of_year = of_era - (365 * year + math.floor(year / 4) - math.floor(year / 100))
  local month = math.floor((5 * of_year + 2) / 153) -- from March
  local day = of_year - math.floor((153 * month + 2) / 5) + 1
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%03d000+00:00',
      year + era * 400 + (month < 10 and 0 or 1), month < 10 and month + 3 or month - 9, day,
      math.floor(seconds / 3600) % 24, math.floor(seconds / 60) % 60, seconds % 60, time % 1000)
end

local function id()
  return string.match(ARGV[4], '^"id":"([^"]*)"')
end

local kept_flapping

-- Returns registered_at as it is written in the value; nil if the value is not a service. Sets until when the service
-- counts as flapping, if it does.
local function registered_at()
  local since
  since, kept_flapping = own_start(read('GETRANGE', KEYS[1], '0', '499'), string.match(ARGV[4], '^"id":"[^"]*",'))
  if not since then
    local value = decode(read('GET', KEYS[1]), id())
    since = value and value.registered_at
  end
  return since
end

local clock = redis.call('TIME')
local time = clock[1] * 1000 + math.floor(clock[2] / 1000)
local now = iso(time)
local ends = time + ARGV[3]
local held = redis.call('PEXPIRETIME', KEYS[1])
local since = held == -2 and now or held >= 0 and held <= LAST_END and registered_at()
if not since then
  return false
end
local lease, update = '"' .. ARGV[1] .. '"', ''
local answer = ends
if ARGV[10] then
  if held == -2 then
    return -1
  end
  local holding = holder(KEYS[1], id(), read('GETRANGE', KEYS[1], 0, 199))
  if holding == '' then
    answer = {ends}
  elseif holding ~= ARGV[10] then
    return 0
  else
    lease, update = cjson.encode(holding), '"update_id":"' .. ARGV[1] .. '",'
  end
end
-- The history is a list beside the service, newest event first: docs/valkey.md, "What is stored". A failure to record, by
-- an ACL, by another value at the key, or since the key has moved to another server of the cluster, must not fail the
-- registration: hence pcall. A function here would cost each registration as much as half a command.
if ARGV[7] ~= '' then
  local history = ARGV[7]
  local kind = held == -2 and 'registered' or ARGV[10] and 'updated' or 'superseded'
  local event = '{"type":"' .. kind .. '","at":' .. time .. ',"ttl":' .. ARGV[3] .. ',"lease_id":' .. lease .. ARGV[9]
  local count = redis.pcall('LPUSH', history, event)
  if type(count) == 'number' then
    -- It is cut when it is twice as long as is shown, so that most registrations cut nothing. The event before those that
    -- are shown tells whether the oldest of these is the first of all.
    if count > 32 then
      redis.pcall('LTRIM', history, 0, 16)
    end
    if held == -2 and count > 1 then -- The id has come back.
      local events = redis.pcall('LRANGE', history, 1, 4)
      local index = 1
      if events[1] and string.find(events[1], ',"ttl":', 1, true) then -- Nobody has recorded its end.
        --@include events.lua
        local at, ttl = start_of(events[1])
        if at and not redis.pcall('LSET', history, 0, noticed_end(at, ttl, time)).err then
          count = redis.pcall('LPUSH', history, event)
          index = 2
        end
      end
      -- It counts as flapping until a window after the third last time that it came back. Its first registration, the
      -- oldest event, is not a comeback. The numbers are those of ServiceMark. Four events before this are enough to
      -- tell, unless it was updated meanwhile.
      local comebacks = 1
      repeat
        local at
        for _, past in ipairs(events) do
          index = index + 1
          local is_comeback = index < count and string.find(past, '^{"type":"registered",')
          at = is_comeback and string.match(past, '"at":(%d+)') or at
          comebacks = comebacks + (is_comeback and 1 or 0)
          if comebacks == 3 then
            break
          end
        end
        local is_over = at and at + 600000 <= time
        if comebacks == 3 and not is_over then
          kept_flapping = string.format('%d', at + 600000)
        end
        events = not is_over and comebacks < 3 and redis.pcall('LRANGE', history, index, index + 9) or {}
      until #events == 0
    end
    -- A ping renews it once a day, see ping.lua, and so does a registration: it lives two days longer than after the end.
    if held == -2 or count == 1 or time % 86400000 < tonumber(ARGV[3]) then
      redis.pcall('PEXPIRE', history, ARGV[8] + 172800000)
    end
  end
  if kept_flapping then
    update = update .. '"flapping_until":' .. kept_flapping .. ','
  end
end
-- The order of fields is that of docs/valkey.md, "What is stored".
local value = '{"lease_id":' .. lease .. ',"ttl_seconds":' .. ARGV[2]
    .. ',"registered_at":"' .. since .. '","last_updated":"' .. now
    .. '","last_ping_at":"' .. now .. '","expires_at":"' .. iso(ends) .. '",' .. update .. ARGV[4]
redis.call('SET', KEYS[1], value, 'PXAT', ends)
redis.pcall('PUBLISH', ARGV[5], ARGV[6]) -- An ACL may forbid it, which must not fail the registration.
return answer
