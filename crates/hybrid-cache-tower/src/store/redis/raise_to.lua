-- Raises the key to at least ARGV[1]; a larger value stays, a missing one starts at the clock (H5). Answers the value, nil
-- for a key that holds no integer: such a key is left as it is.
local old = redis.pcall('GET', KEYS[1])
local least = tonumber(ARGV[1])
if old == false then
    local time = redis.call('TIME')
    least = math.max(least, time[1] * 1000000 + time[2])
elseif type(old) ~= 'string' or #old > 16 or not (old == '0' or string.match(old, '^%-?[1-9]%d*$')) then
    return false
elseif tonumber(old) >= least then
    return old
end
local text = string.format('%.0f', least)
redis.call('SET', KEYS[1], text)
return text
