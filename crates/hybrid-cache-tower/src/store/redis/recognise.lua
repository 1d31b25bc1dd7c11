-- Raises the counter KEYS[2] as bump.lua does, unless KEYS[1] names the run ARGV[1] of the server, as it does afterwards
-- (H5). Answers whether it was raised; a counter that holds no integer is left as it is.
if redis.call('GET', KEYS[1]) == ARGV[1] then return 0 end
local time = redis.call('TIME')
local new = time[1] * 1000000 + time[2]
local old = redis.pcall('GET', KEYS[2])
if old then
    if type(old) ~= 'string' or #old > 16 or not (old == '0' or string.match(old, '^%-?[1-9]%d*$')) then
        return 0
    end
    new = math.max(tonumber(old) + 1, new)
end
redis.call('SET', KEYS[2], string.format('%.0f', new))
redis.call('SET', KEYS[1], ARGV[1])
return 1
