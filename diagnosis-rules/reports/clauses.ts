// Free words taken apart: one thought at a time, and whether what it names is denied or over.

const SHORT_FORMS: readonly (readonly [RegExp, string])[] = [
  [/\bcan ?not\b|\bcan'?t\b/g, 'can not'],
  [/\bwon'?t\b/g, 'will not'],
  [/\b(is|are|was|were|do|does|did|has|have|had|would|could|should)n'?t\b/g, '$1 not'],
  [/\bno longer\b/g, 'not'],
  [/\b(it|that|there|what)'s\b/g, '$1 is'],
  [/\b(i|we|you|they)'(?:ve|re|m|d|ll)\b/g, '$1'],
];

const BREAKS =
  /[.,;:!?…\n\r()。，、；：！？（）]+|\b(?:but|however|although|though|except|while|whereas|yet)\b|但是|但|可是|不过|然而|虽然|只是/u;

/** Lower case, short forms written out, one blank between words; without what is to be ignored. */
export function clausesOf(text: string, ignored: readonly RegExp[]): string[] {
  let plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’‘`´]/g, "'")
    .replace(/[-–—_/"“”]+/g, ' ')
    .replace(/\s+/g, ' ');
  for (const [short, long] of SHORT_FORMS) plain = plain.replace(short, long);
  for (const pattern of ignored) plain = plain.replace(pattern, '');
  return plain
    .split(BREAKS)
    .map((clause) => clause.replace(/ +/g, ' ').trim())
    .filter((clause) => clause !== '');
}

// Words that may stand between a denial and what it denies.
const EN_BETWEEN =
  '(?:a|an|any|the|this|that|it|its|there|is|are|be|been|being|i|we|really|very|too|so|particularly|especially|much|more|at|all|even|see|seeing|hear|hearing|heard|notice|noticed|noticing|have|having|has|had|make|making|makes|get|getting|gets|find|found|feel|smell|smells|smelling|sign|signs|of|sound|sounds|think|say|longer|ever|visible|unusual|strange|loud|further)';
const DENIED_BEFORE = new RegExp(
  `(?:^|[^a-z])(?:no|not|never|without|neither|nor|none|hardly|nothing)(?: ${EN_BETWEEN}){0,4} ?$`,
);
const OVER_AFTER =
  /^(?: (?:problem|problems|issue|issues|noise|smell|sound|is|are|has|have|it|just|now|all|been|finally|completely|already|was|since|by itself)){0,4} (?:gone|stopped|disappeared|fixed|solved|resolved|repaired|over|vanished|melted away|went away|removed)(?![a-z])(?! (?:cooling|working|running))/;

const ZH_BETWEEN =
  '(?:太|很|怎么|咋|再|会|有|算|那么|这么|什么|啥|大|特别|觉得|感觉|感到|到|出现|发现|看到|看见|听到|听见|闻到|任何|明显|的|是|在|出|过|又|经常|总是|老是|一直|恢复|够|多少|一点|非常|十分)';
const ZH_DENIED_BEFORE = new RegExp(
  `(?:不是|没有|没|不再|不会|并不|并未|未|无|不|别|从不|从未)${ZH_BETWEEN}{0,4}$`,
  'u',
);
const ZH_OVER_AFTER =
  /^(?:的)?(?:问题|现象|情况|声音|味道|毛病)?(?:也|都|已经|已|就|又|还|现在|全|自己|后来|终于)*(?:没有|没了|不见|消失|好了|解决|修好|不响了|停了|不漏了|不再|化掉了|清理掉了|除掉了)/u;

/** Whether what stands from `begin` to `end` of the clause is said not to be so, or no more. */
export function isDenied(clause: string, begin: number, end: number): boolean {
  const [before, after] = [clause.slice(0, begin), clause.slice(end)];
  return (
    [DENIED_BEFORE, ZH_DENIED_BEFORE].some((one) => one.test(before)) ||
    [OVER_AFTER, ZH_OVER_AFTER].some((one) => one.test(after))
  );
}
