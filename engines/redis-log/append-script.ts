// Appends a batch to its streams, all of it and once. A batch whose answer was lost on the way is sent again under the same
// number and is known by it. The number is written last: a script that failed half-way leads to doubles, never to a gap
// (it can fail only where somebody else wrote to our keys; memory is looked at before the first write).

/** KEYS: about, writer, the streams by partition. ARGV: the log's id, the batch's number, then partition and entry by turns. */
export const APPEND_SCRIPT = `#!lua
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('OTHERLOG this server holds another log than before')
end
if tonumber(redis.call('GET', KEYS[2]) or '0') >= tonumber(ARGV[2]) then return 0 end
local ends = {}
for i = 3, #ARGV, 2 do
  local id = redis.call('XADD', KEYS[tonumber(ARGV[i]) + 3], '0-*', 'r', ARGV[i + 1])
  ends[ARGV[i]] = string.sub(id, 3)
end
redis.call('SET', KEYS[2], ARGV[2], 'EX', 2592000)
local news = {}
for partition, sequence in pairs(ends) do
  news[#news + 1] = partition
  news[#news + 1] = sequence
end
redis.call('PUBLISH', KEYS[1], table.concat(news, ' '))
return table.concat(news, ' ')`;

/** What the script answers and announces: the newest sequence of each partition that it touched. */
export function newestOf(news: string): [partition: number, sequence: number][] {
  const words = news.split(' ').map(Number);
  return Array.from({ length: words.length >> 1 }, (_, i) => [words[2 * i]!, words[2 * i + 1]!]);
}
