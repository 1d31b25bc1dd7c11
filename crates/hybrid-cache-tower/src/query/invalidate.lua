-- Raises the version of each tag as bump.lua does (H5); they live for ARGV[1] milliseconds.
local time = redis.call('TIME')
local clock = time[1] * 1000000 + time[2]
for _, key in ipairs(KEYS) do
    local old = redis.pcall('GET', key)
    local number = type(old) == 'string' and tonumber(old) or 0
    redis.call('SET', key, string.format('%.0f', math.max(number + 1, clock)), 'PX', ARGV[1])
end
return #KEYS
