"""What Redis does in one step, as Lua scripts: nothing is lost or doubled between two commands."""

from typing import Final

# What is due goes back into the stream in one step, so that nothing is lost between the two.
RETURN: Final = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 500)
for _, member in ipairs(due) do
  local found = cjson.decode(member)
  redis.call('XADD', KEYS[2], '*', ARGV[2], found[2], 'tries', found[1])
  redis.call('ZREM', KEYS[1], member)
end
return #due
"""
# Dead letters are tried anew from the beginning.
REPLAY: Final = """
local found = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[2], 'COUNT', 500)
for _, entry in ipairs(found) do
  local fields = entry[2]
  for i = 1, #fields, 2 do
    if fields[i] == ARGV[3] then redis.call('XADD', KEYS[2], '*', ARGV[3], fields[i + 1], 'tries', '0') end
  end
  redis.call('XDEL', KEYS[1], entry[1])
end
return #found
"""
# What came under the same name a short while ago is not let in again, and not noted.
ADD_NAMED: Final = """
local new = {}
local notes = 8 + 2 * ARGV[7]
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[2] - ARGV[3])
for i = 8, notes - 1, 2 do
  local first = redis.call('ZADD', KEYS[2], 'NX', ARGV[2], ARGV[i])
  if first == 1 then redis.call('XADD', KEYS[1], '*', ARGV[1], ARGV[i + 1], 'tries', '0') end
  new[#new + 1] = first
end
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - ARGV[4])
for i = notes, #ARGV, 2 do
  local key = KEYS[3 + (i - notes) / 2]
  if new[ARGV[i] + 1] == 1 then
    redis.call('LPUSH', key, ARGV[i + 1])
    redis.call('LTRIM', key, 0, ARGV[5] - 1)
    redis.call('EXPIRE', key, ARGV[6])
  end
end
return new
"""
