// What can be wrong with a line of an import, in both languages, with what to do.
import { compose, type ImportError, type Phrase } from '#contracts';

type Words = readonly [en: string, zh: string];

// `{value}` is what stands there, `{known}` what would be right.
const WORDS = {
  'empty-file': [
    'There is no line in it. Send a header and at least one line.',
    '文件中没有内容。请提供标题行和至少一行数据。',
  ],
  'too-many-lines': ['More than {known} lines. Send them in several files.', '超过 {known} 行。请分成多个文件提交。'],
  'bad-encoding': ['This line is not UTF-8. Save the file as UTF-8.', '此行不是 UTF-8 编码。请将文件另存为 UTF-8。'],
  'line-too-long': [
    'This line is longer than {known} characters. A quote may be open further up.',
    '此行超过 {known} 个字符。前面可能有未闭合的引号。',
  ],
  'broken-quotes': [
    'A quote is opened and not closed in this line, or stands in the middle of a value. Write " inside quotes as "", and no line break inside a value.',
    '此行的引号没有闭合，或出现在值的中间。引号内的 " 请写成 ""，值内不能换行。',
  ],
  'wrong-column-count': [
    'This line has {value} columns, the header has {known}.',
    '此行有 {value} 列，而标题行有 {known} 列。',
  ],
  'unknown-column': ['There is no column "{value}". Known: {known}.', '没有名为“{value}”的列。可用的列：{known}。'],
  'column-twice': ['The column "{value}" stands there twice.', '列“{value}”出现了两次。'],
  'missing-column': ['The column "{value}" is missing in the header.', '标题行缺少列“{value}”。'],
  'not-json': ['This is not JSON: {value}', '不是有效的 JSON：{value}'],
  'not-a-list': ['Send a list of objects: [{…}, {…}].', '请提交对象列表：[{…}, {…}]。'],
  'not-an-object': ['This is no object of texts, numbers and yes/no.', '这一项不是由文本、数字和是/否组成的对象。'],
  'missing-value': ['A value is missing here.', '此处缺少值。'],
  'too-long': ['Longer than {known} characters.', '超过 {known} 个字符。'],
  'unknown-model': [
    'There is no model "{value}". GET /api/v1/models lists them.',
    '没有型号“{value}”。可通过 GET /api/v1/models 查询。',
  ],
  'not-your-brand': ['Another organisation looks after this make.', '该品牌由其他机构负责。'],
  'bad-serial': [
    'A serial has 1 to 60 printable characters without blanks.',
    '序列号为 1 到 60 个不含空格的可打印字符。',
  ],
  'serial-taken': ['A unit of this model with this serial exists already.', '该型号下已有相同序列号的设备。'],
  'serial-twice': ['The same model and serial stand in line {known}.', '第 {known} 行已有相同的型号和序列号。'],
  'bad-id': ['This is not a UUID.', '不是有效的 UUID。'],
  'id-taken': ['This id is taken.', '该 id 已被占用。'],
  'id-twice': ['The same id stands in line {known}.', '第 {known} 行已有相同的 id。'],
  'bad-secret': ['A secret has 32 to 200 hex digits.', '密钥应为 32 到 200 位十六进制数字。'],
  'bad-fingerprint': [
    'A fingerprint is the SHA-256 of the certificate, 64 hex digits.',
    '指纹应为证书的 SHA-256，共 64 位十六进制数字。',
  ],
  'fingerprint-taken': ['This certificate is registered already.', '该证书已登记。'],
  'fingerprint-twice': ['The same certificate stands in line {known}.', '第 {known} 行已有相同的证书。'],
  'secret-and-fingerprint': ['Give a secret or a fingerprint, not both.', '密钥和指纹只能提供其一。'],
  'weak-claim-secret': [
    'A claim secret has 80 bits or more: 16 characters of Crockford base 32, or 20 hex digits.',
    '认领码至少 80 位：16 个 Crockford Base32 字符，或 20 位十六进制数字。',
  ],
  'bad-mail': ['This is not a mail address.', '不是有效的邮箱地址。'],
  'bad-date': ['A date is written YYYY-MM-DD.', '日期格式应为 YYYY-MM-DD。'],
  'bad-choice': ['"{value}" is not one of: {known}.', '“{value}”不在可选值之中：{known}。'],
  'bad-number': ['A whole number from {known}.', '应为 {known} 之间的整数。'],
  'order-taken': ['An order with this number exists already.', '该订单号已存在。'],
  'order-twice': ['The same order number stands in line {known}.', '第 {known} 行已有相同的订单号。'],
  'unit-in-a-household': ['This unit stands in a household already.', '该设备已属于某个家庭。'],
  'mail-taken': ['Somebody with this mail address exists already.', '该邮箱地址已被使用。'],
  'mail-twice': ['The same mail address stands in line {known}.', '第 {known} 行已有相同的邮箱地址。'],
  'bad-time-zone': [
    'This is not a time zone; give an IANA name such as Europe/Berlin.',
    '不是有效的时区，请使用 IANA 名称，例如 Asia/Shanghai。',
  ],
  'region-missing': [
    'A technician needs a region, or no visit ever finds him.',
    '技术人员必须填写区域，否则不会收到上门任务。',
  ],
  'foreign-organisation': [
    'This is neither your organisation nor one of its partners.',
    '这既不是您的机构，也不是其合作伙伴。',
  ],
  'unit-of-another': ['This unit is looked after by another organisation.', '该设备由其他机构负责。'],
} as const satisfies Record<string, Words>;

export type ImportErrorCode = keyof typeof WORDS;

const QUOTED = 80;

/** `value` is quoted, cut short. */
export function wrongLine(
  line: number,
  column: string | null,
  code: ImportErrorCode,
  { value = '', known = '' }: { value?: string | number; known?: string | number } = {},
): ImportError {
  return { line, column, code, what: say(WORDS[code], String(value).slice(0, QUOTED), String(known)) };
}

const say = ([en, zh]: Words, value: string, known: string): Phrase => compose(en, zh, { value, known });
