-- Answers what the key holds; a missing one is started at the clock (H5).
local found = redis.call('GET', KEYS[1])
if found then return found end
local time = redis.call('TIME')
local clock = string.format('%.0f', time[1] * 1000000 + time[2])
redis.call('SET', KEYS[1], clock)
return clock
