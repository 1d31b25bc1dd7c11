-- Raises each of the keys to the larger of its value plus 1 and the clock (H5); a missing one starts at the clock.
-- Answers the new values in order, nil for a key that holds no integer or would pass 2^53 - 1: such a key is left as it
-- is. SET also ends a time to live that another writer gave the key: a version must not vanish.
local time = redis.call('TIME')
local clock = time[1] * 1000000 + time[2]
local raised = {}
for at, key in ipairs(KEYS) do
    local old = redis.pcall('GET', key)
    local new = nil
    if old == false then
        new = clock
    elseif type(old) == 'string' and #old <= 16
        and (old == '0' or string.match(old, '^%-?[1-9]%d*$')) then
        new = math.max(tonumber(old) + 1, clock)
    end
    if new and new <= 9007199254740991 then
        raised[at] = string.format('%.0f', new)
        redis.call('SET', key, raised[at])
    else
        raised[at] = false
    end
end
return raised
