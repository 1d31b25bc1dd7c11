-- Raises the key to at least ARGV[1] and at least the clock (H5a); a larger value stays. Answers the value, nil for a key
-- that holds no integer: such a key is left as it is.
local time = redis.call('TIME')
local least = math.max(time[1] * 1000000 + time[2], tonumber(ARGV[1]))
local old = redis.pcall('GET', KEYS[1])
if old then
    if type(old) ~= 'string' or #old > 16 or not (old == '0' or string.match(old, '^%-?[1-9]%d*$')) then
        return false
    end
    least = math.max(least, tonumber(old))
end
local text = string.format('%.0f', least)
redis.call('SET', KEYS[1], text)
return text
