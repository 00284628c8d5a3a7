import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReportCode } from '#contracts';
import { codesOf, reportMeanings } from '#diagnosis-rules';

type Row = readonly [words: string, ...codes: ReportCode[]];

const ENGLISH: readonly Row[] = [
  ['not cold', 'not-cold'],
  ["It isn't cold any more", 'not-cold'],
  ['The fridge doesn’t get cold', 'not-cold'],
  ['my fridge is not cooling properly', 'not-cold'],
  ['I do not think it is cold enough', 'not-cold'],
  ['stopped cooling yesterday', 'not-cold'],
  ['The light works but it is not cooling', 'not-cold'],
  ['the milk is warm', 'not-cold'],
  ['Milk goes sour after a day', 'not-cold'],
  ['it is too warm inside', 'not-cold'],
  ['hardly cools at all', 'not-cold'],
  ['No longer cold.', 'not-cold'],
  ['temperature keeps going up', 'not-cold'],
  ['fridge and freezer are not cold', 'not-cold', 'freezer-warm'],
  ['fridge not cold but the freezer is fine', 'not-cold'],
  ['my fridge stopped being cold', 'not-cold'],
  ['the fridge temp is high', 'not-cold'],
  ['FRIDGE NOT COLD!!!', 'not-cold'],
  ['too cold', 'too-cold'],
  ['frozen lettuce', 'too-cold'],
  ['the lettuce is frozen', 'too-cold'],
  ['it freezes my vegetables', 'too-cold'],
  ['there is ice in the milk', 'too-cold'],
  ['too cold again', 'too-cold'],
  ['ice on the back wall', 'frost'],
  ['ice builds up behind the drawers', 'frost'],
  ['a thick layer of ice', 'frost'],
  ['there’s ice all over the back of the fridge', 'frost'],
  ['frost everywhere', 'frost'],
  ['the freezer is iced up', 'frost'],
  ['snow inside the freezer', 'frost'],
  ['My no-frost fridge is full of ice', 'frost'],
  ['noisy', 'noise'],
  ['it makes a loud humming sound', 'noise'],
  ['strange sounds at night', 'noise'],
  ['rattling and vibrating', 'noise'],
  ['it keeps clicking', 'noise'],
  ['not only noisy, it is also not cold', 'noise', 'not-cold'],
  ['water on the floor', 'water'],
  ['there is a puddle of water under it', 'water'],
  ['it leaks', 'water'],
  ['water collects below the drawers', 'water'],
  ['the kitchen floor is wet', 'water'],
  ['the door does not close', 'door-not-closing'],
  ["door won't shut properly", 'door-not-closing'],
  ['I can’t close the door', 'door-not-closing'],
  ['the door seal is torn', 'door-not-closing'],
  ['the door opens by itself', 'door-not-closing'],
  ['the freezer melts', 'freezer-warm'],
  ['freezer is not freezing', 'freezer-warm'],
  ['ice cream is soft', 'freezer-warm'],
  ['everything in my freezer thawed', 'freezer-warm'],
  ['the frozen vegetables are melting', 'freezer-warm'],
  ['it runs all the time', 'runs-all-the-time'],
  ['the compressor never stops', 'runs-all-the-time'],
  ['runs non-stop and it is noisy', 'runs-all-the-time', 'noise'],
  ["it doesn't turn off", 'runs-all-the-time'],
  ['it does not run', 'does-not-run'],
  ["the fridge won't start", 'does-not-run'],
  ['stopped working', 'does-not-run'],
  ['fridge is dead, no power', 'does-not-run'],
  ['it trips the breaker', 'does-not-run'],
  ['it smells burnt', 'burnt-smell'],
  ['there is a burning smell', 'burnt-smell'],
  ['smoke comes out of the back', 'burnt-smell'],
  ['smells like burning plastic', 'burnt-smell'],
  ['works fine', 'works-fine'],
  ['it is working again', 'works-fine'],
  ['everything is ok', 'works-fine'],
  ['problem solved, no more noise', 'works-fine'],
  ['works fine but it is noisy', 'noise'],
];

const CHINESE: readonly Row[] = [
  ['不制冷', 'not-cold'],
  ['不冷', 'not-cold'],
  ['冰箱不制冷了怎么办', 'not-cold'],
  ['冷藏室不太冷', 'not-cold'],
  ['制冷效果差', 'not-cold'],
  ['没有以前冷', 'not-cold'],
  ['温度降不下来', 'not-cold'],
  ['灯亮但是不制冷', 'not-cold'],
  ['是不是不制冷了？', 'not-cold'],
  ['牛奶一天就坏了', 'not-cold'],
  ['冰箱里面温度很高', 'not-cold'],
  ['冰箱温度高', 'not-cold'],
  ['太冷了', 'too-cold'],
  ['蔬菜都冻坏了', 'too-cold'],
  ['冷藏室的牛奶结冰了', 'too-cold'],
  ['结霜', 'frost'],
  ['冰箱后壁有冰', 'frost'],
  ['后壁结了一层厚厚的霜', 'frost'],
  ['冷藏室后壁结冰', 'frost'],
  ['冷冻室里全是霜', 'frost'],
  ['霜越来越厚', 'frost'],
  ['声音很大', 'noise'],
  ['有异响', 'noise'],
  ['晚上嗡嗡响，吵得睡不着', 'noise'],
  ['噪音大', 'noise'],
  ['漏水', 'water'],
  ['地上有一滩水', 'water'],
  ['冷藏室底部积水', 'water'],
  ['门关不严', 'door-not-closing'],
  ['冰箱门关不上', 'door-not-closing'],
  ['密封条老化了', 'door-not-closing'],
  ['冷冻室的东西都化了', 'freezer-warm'],
  ['冰淇淋化了', 'freezer-warm'],
  ['冷冻不制冷', 'freezer-warm'],
  ['一直在转不停', 'runs-all-the-time'],
  ['压缩机一直工作不停机', 'runs-all-the-time'],
  ['不工作了', 'does-not-run'],
  ['冰箱没反应，启动不了', 'does-not-run'],
  ['一通电就跳闸', 'does-not-run'],
  ['有焦味', 'burnt-smell'],
  ['闻到烧焦的味道', 'burnt-smell'],
  ['后面冒烟了', 'burnt-smell'],
  ['已经好了', 'works-fine'],
  ['恢复正常了', 'works-fine'],
  ['不制冷，而且声音很大', 'not-cold', 'noise'],
  ['fridge 不制冷 and noisy', 'not-cold', 'noise'],
];

const NOTHING: readonly string[] = [
  'it is cold again',
  'it is cold',
  'no noise',
  'not noisy at all',
  "I don't hear any strange noise",
  'there is no water on the floor',
  'no frost any more',
  'it has no frost',
  'the noise is gone',
  'the leak has stopped',
  'it does not leak',
  'the door is closed',
  'the door closes well',
  'not too cold',
  'the kitchen is not cold',
  'the light is not working',
  'the app does not work',
  'no burnt smell',
  'the ice maker is not working',
  'my frost-free fridge',
  'hello',
  'please call me',
  '不是很响',
  '声音不大',
  '没有异响',
  '没有漏水',
  '漏水好了',
  '没有结霜',
  '不结霜',
  '门关得很好',
  '不是不制冷',
  '没有焦味',
  '天气不冷',
  '灯不亮',
  '这是无霜冰箱',
  '又冷了',
  '温度不高',
  '后壁没有冰',
  '请给我打电话',
];

const sorted = (codes: readonly string[]): string[] => codes.toSorted();

describe('what people say of a refrigerator', () => {
  it.each([...ENGLISH, ...CHINESE])('"%s" is understood', (words, ...codes) => {
    expect(sorted(codesOf(words))).toEqual(sorted(codes));
  });

  it.each(NOTHING)('"%s" is no complaint', (words) => {
    expect(codesOf(words)).toEqual([]);
  });

  it('is at least a hundred and twenty phrases in two languages', () => {
    expect(ENGLISH.length + CHINESE.length + NOTHING.length).toBeGreaterThan(120);
  });

  it('has words in both languages for every code there is, and all codes have examples here', () => {
    const meanings = reportMeanings('refrigerator');
    expect(sorted(meanings.map(({ code }) => code))).toEqual(sorted(ReportCode.options));
    for (const table of [ENGLISH, CHINESE]) {
      expect(new Set(table.flatMap(([, ...codes]) => codes))).toEqual(new Set(ReportCode.options));
    }
    for (const { name } of meanings) expect([name.en, name.zh].every((words) => words.trim() !== '')).toBe(true);
  });

  it('says what to do at once for what is dangerous, and for nothing else', () => {
    const urgent = reportMeanings('refrigerator').filter(({ safety }) => safety.length > 0);
    expect(urgent.map(({ code }) => code)).toEqual(['burnt-smell']);
  });

  it('any words give known codes, each once, in bounded time', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(...[...ENGLISH, ...CHINESE].map(([words]) => words), 'not ', 'no ', '不', '没有', ' is '),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const codes = codesOf(pieces.join('').slice(0, 2_000));
        expect(new Set(codes).size).toBe(codes.length);
        expect(ReportCode.options).toEqual(expect.arrayContaining(codes));
      }),
      { numRuns: 200 },
    );
  });
});
