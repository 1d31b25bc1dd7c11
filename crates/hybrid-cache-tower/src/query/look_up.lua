-- Answers the clock, what KEYS[1] holds, and the versions of the tags KEYS[2] and further, all of one moment. A tag without
-- a version is started at the clock (H5) and lives for ARGV[1] milliseconds: if it is forgotten, what was kept under the
-- old one is not valid under the new one.
local time = redis.call('TIME')
local clock = string.format('%.0f', time[1] * 1000000 + time[2])
local found = { clock, redis.call('GET', KEYS[1]) }
for at = 2, #KEYS do
    local version = redis.call('GET', KEYS[at])
    if not version then
        version = clock
        redis.call('SET', KEYS[at], version, 'PX', ARGV[1])
    end
    found[at + 1] = version
end
return found
