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

-- Returns whether a text is a time of RFC 3339, as StoredTime.java reads it.
local function is_time(text)
  local year, month, day, hour, minute, second, rest =
      string.match(text, '^(%d%d%d%d)%-(%d%d)%-(%d%d)[Tt](%d%d):(%d%d):(%d%d)(.+)$')
  if not year or hour + 0 > 23 or minute + 0 > 59 or second + 0 > 59 then
    return false
  end
  month, day = month + 0, day + 0
  local days = 30 + (month + math.floor(month / 8)) % 2
  if month == 2 then
    days = (year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)) and 29 or 28
  end
  if month < 1 or month > 12 or day < 1 or day > days then
    return false
  end
  local fraction, offset = string.match(rest, '^%.(%d+)(.+)$')
  offset = offset or rest
  if fraction and #fraction > 9 then
    return false
  end
  if offset == '+00:00' or offset == 'Z' or offset == 'z' then
    return true
  end
  local sign, hours, minutes = string.match(offset, '^([+-])(%d%d):(%d%d)$')
  -- By such an offset the first or the last day that can be expressed may be in another year.
  local is_in_range = sign == '+' and year ~= '0000' or sign == '-' and year ~= '9999'
  return is_in_range and minutes + 0 <= 59 and hours * 60 + minutes <= 1080
end

-- Decodes the JSON of the service of an id, by any writer. Returns nil if the value is not a service. StoredService.java
-- requires the same. It also cannot read some values that cjson can: docs/valkey.md, "What is stored".
local function decode(text, id)
  local ok, value = pcall(cjson.decode, text)
  if not ok or type(value) ~= 'table' or value.id ~= id or type(value.url) ~= 'string'
      or type(value.registered_at) ~= 'string' or not is_time(value.registered_at)
      or type(value.last_updated) ~= 'string' or not is_time(value.last_updated) then
    return
  end
  local info = value.info
  -- An array is a table, too. An empty one can only be told by the text.
  if type(info) == 'table' and info[1] == nil
      and (next(info) ~= nil or not string.find(text, '"info"%s*:%s*%[')) then
    return value
  end
end

local function millis(seconds, default)
  if seconds and seconds >= 1 and seconds <= 86400 then
    return math.floor(seconds * 1000 + 0.5)
  end
  return tonumber(default)
end

-- Returns the lease id ('' if it has none) and the ttl in milliseconds of the service of an id, at a key whose
-- value starts with this head; nil if the value is not a service. Values written by Rollcall start with both
-- fields (docs/valkey.md, "What is stored"), so a ping does not read the rest. JSON by another writer is decoded.
local function holder(key, id, head, default)
  if type(head) == 'string' then
    local lease, ttl = string.match(head, '^{"lease_id": ?"([^"\\]*)", ?"ttl_seconds": ?(%d+%.?%d*)[,}]')
    if lease then
      return lease, millis(tonumber(ttl), default)
    end
  end
  local value = decode(read('GET', key), id)
  if value then
    return type(value.lease_id) == 'string' and value.lease_id or '',
        millis(type(value.ttl_seconds) == 'number' and value.ttl_seconds, default)
  end
end
