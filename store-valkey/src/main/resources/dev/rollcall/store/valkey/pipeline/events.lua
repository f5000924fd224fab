-- Functions that keep the history of a service: a list beside its key, newest event first. Its text replaces the
-- include line of a script. An event is JSON: "type", "at", for one after which the service is alive "ttl", then what
-- it says of the service: docs/valkey.md, "What is stored". A failure to record, by an ACL or by another value at the
-- key, must not fail the change: hence pcall.
local MAX_EVENTS = 16

-- Records an event. Returns how many there are then.
local function record(history, event, keep)
  local count = redis.pcall('LPUSH', history, event)
  if type(count) == 'number' then
    if count > MAX_EVENTS then
      redis.pcall('LTRIM', history, 0, MAX_EVENTS - 1)
    end
    redis.pcall('PEXPIRE', history, keep)
    return count
  end
end

-- Returns until when a service counts as flapping: until a window after the third last time that it came back; nil if it
-- does not. Its first registration, the oldest event, is not a comeback. The numbers are those of ServiceMark.
local function flapping_until(history, time)
  local comebacks = 0
  for _, event in ipairs(redis.pcall('LRANGE', history, 0, -2)) do
    local at = string.match(event, '^{"type":"registered","at":(%d+),')
    comebacks = comebacks + (at and 1 or 0)
    if comebacks == 3 then
      local ends = at + 600000
      return ends > time and string.format('%d', ends) or nil
    end
  end
end

-- Returns when the last event was, the ttl, and what it says of the service; nil if the service is not alive after it,
-- or if there is none.
local function last_start(history)
  local last = redis.pcall('LINDEX', history, 0)
  if type(last) == 'string' then
    return string.match(last, '^{"type":"%a+","at":(%d+),"ttl":(%d+),(.*)}$')
  end
end

-- Records how a service ended that is not alive, if nobody has done so.
local function record_end(history, time, keep)
  local at, ttl, about = last_start(history)
  if at then
    local kind = at + ttl > time and 'lost' or 'expired'
    record(history, string.format('{"type":"%s","at":%d,', kind, time) .. about .. '}', keep)
  end
end
