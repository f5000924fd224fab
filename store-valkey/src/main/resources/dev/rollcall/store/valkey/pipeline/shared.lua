-- Functions that the scripts share. Its text replaces the include line of a script.

-- Reads a string: '' if the key holds another type, false if it does not exist.
local function read(...)
  local reply = redis.pcall(...)
  if type(reply) ~= 'table' then
    return reply
  end
  if string.find(reply.err, 'WRONGTYPE', 1, true) then
    return ''
  end
  error(reply)
end

-- Decodes the JSON of a service, by any writer. Returns nil if the value is not a service.
local function decode(text)
  local ok, value = pcall(cjson.decode, text)
  if ok and type(value) == 'table' and type(value.url) == 'string'
      and type(value.info) == 'table' and type(value.registered_at) == 'string' then
    return value
  end
end

local function millis(seconds, default)
  if seconds and seconds >= 1 and seconds <= 86400 then
    return math.floor(seconds * 1000 + 0.5)
  end
  return tonumber(default)
end

-- Returns the lease id ('' if it has none) and the ttl in milliseconds of the service at a key, whose
-- value starts with this head; nil if the value is not a service. Values written by Rollcall start with both
-- fields (docs/valkey.md, "What is stored"), so a ping does not read the rest. JSON by another writer is decoded.
local function holder(key, head, default)
  if type(head) == 'string' then
    local lease, ttl = string.match(head, '^{"lease_id": ?"([^"\\]*)", ?"ttl_seconds": ?(%d+%.?%d*)[,}]')
    if lease then
      return lease, millis(tonumber(ttl), default)
    end
  end
  local value = decode(read('GET', key))
  if value then
    return type(value.lease_id) == 'string' and value.lease_id or '',
        millis(type(value.ttl_seconds) == 'number' and value.ttl_seconds, default)
  end
end
