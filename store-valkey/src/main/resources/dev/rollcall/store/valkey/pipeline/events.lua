-- Functions for the end of a service that nobody has recorded yet. Its text replaces the include line of a script.

-- Returns when an event was, and the ttl; nil if the service is not alive after it, or if it is no event.
local function start_of(event)
  return string.match(type(event) == 'string' and event or '', '^{"type":"%a+","at":(%d+),"ttl":(%d+),')
end

-- Returns the event that says that a service is not alive any more, as it is noticed only now.
local function noticed_end(at, ttl, time)
  return '{"type":"' .. (at + ttl > time and 'lost' or 'expired') .. '","at":' .. time .. '}'
end
