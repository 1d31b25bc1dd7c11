-- KEYS[1] names the run of the server in which the counters were last used, and when that run was first seen, by its clock.
-- If ARGV[1] is another run, it is seen now. Answers when (H5): counters from before that may have lost bumps.
local run, seen = string.match(redis.call('GET', KEYS[1]) or '', '^(%w+) (%d+)$')
if run == ARGV[1] then return seen end
local time = redis.call('TIME')
seen = string.format('%.0f', time[1] * 1000000 + time[2])
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. seen)
return seen
