import { describe, expect, it } from 'vitest';
import { compose, type Reader, say } from '#contracts';

const anna: Reader = { language: 'en', timeZone: 'UTC', temperatureUnit: 'C' };
const li: Reader = { language: 'zh', timeZone: 'Asia/Shanghai', temperatureUnit: 'F' };

describe('a composed phrase', () => {
  it('takes names, quantities and whole phrases with their quantities', () => {
    const title = { en: 'at {value}', zh: '在 {value}', values: { value: { value: 9, unit: 'Cel' as const } } };
    const phrase = compose('{name}: {title} for {time}', '{name}：{title} 已 {time}', {
      name: 'Kitchen',
      title,
      time: { value: 600_000, unit: 'duration' },
    });
    expect(say(phrase, anna)).toBe('Kitchen: at 9 °C for 10 min');
    expect(say(phrase, li)).toBe('Kitchen：在 48 °F 已 10 分钟');
  });

  it('does not mix up quantities of the same name in two phrases', () => {
    const at = (value: number) => ({ en: '{t}', zh: '{t}', values: { t: { value, unit: 'Cel' as const } } });
    const phrase = compose('from {a} to {b}', '从 {a} 到 {b}', { a: at(4), b: at(9) });
    expect(say(phrase, anna)).toBe('from 4 °C to 9 °C');
    expect(say(compose('({c})', '（{c}）', { c: phrase }), anna)).toBe('(from 4 °C to 9 °C)');
  });

  it('takes a name with signs of its own as it is', () => {
    expect(say(compose('Hello {name}', '你好 {name}', { name: '$& {x}' }), anna)).toBe('Hello $& {x}');
  });
});
