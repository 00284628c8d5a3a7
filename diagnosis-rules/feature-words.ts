// What each feature is called, for people who ask why: a number by its name, a yes or no as a sentence of its own.
import type { FaultCode, Phrase } from '#contracts';
import type { Report } from './around.ts';
import { FEATURES } from './features.ts';

/** `yes` and `no` for what is or is not; else it is compared with a number. */
export type FeatureWords = { name: Phrase; yes?: Phrase; no?: Phrase };

const number = (en: string, zh: string): FeatureWords => ({ name: { en, zh } });
const fact = (name: [en: string, zh: string], yes: [string, string], no: [string, string]): FeatureWords => ({
  name: { en: name[0], zh: name[1] },
  yes: { en: yes[0], zh: yes[1] },
  no: { en: no[0], zh: no[1] },
});

const FRIDGE: Record<string, FeatureWords> = {
  cabinet_temperature: number('fridge temperature', '冷藏室温度'),
  food_temperature: number('temperature of the food in the fridge', '冷藏食物的温度'),
  food_above_usual: number('food above the usual temperature in there', '食物高出平常温度的幅度'),
  food_trend: number('how fast the food gets warmer', '食物升温的速度'),
  freezer_temperature: number('freezer temperature', '冷冻室温度'),
  freezer_rise: number(
    'how fast the freezer warms while nothing cools it, counted for a room of 23 °C',
    '停机时冷冻室的升温速度（按室温 23 °C 折算）',
  ),
  freezer_rise_beyond: number(
    'how fast the freezer warms at rest, beyond what its days go between',
    '停机时冷冻室升温速度超出平常的幅度',
  ),
  freezer_beyond_usual: number('freezer beyond what its days go between', '冷冻室超出平常范围的幅度'),
  frozen_food_temperature: number('temperature of the frozen food', '冷冻食物的温度'),
  air_beyond_usual: number('air beyond what its days go between', '冷藏室空气温度超出平常范围的幅度'),
  hours_since_set_point_changed: number('time since the set temperature was changed', '距上次更改设定温度的时间'),
  set_point: number('set temperature', '设定温度'),
  freezer_set_point: number('set temperature of the freezer', '冷冻室设定温度'),
  air_above_set_point: number('mean of the last hour above the set temperature', '近一小时平均高出设定温度的幅度'),
  air_below_set_point: number('how far it is below the set temperature', '低于设定温度的幅度'),
  door_open_minutes: number('time the door has stood open', '门已打开的时间'),
  door_open_samples: number('readings with the door open, one after another', '连续显示门打开的读数'),
  door_open_sure: fact(
    ['whether the door is surely as it was said last', '门的状态是否确定'],
    ['the door is surely still as it was said last', '门的状态确定没有变'],
    ['a word of the door may have been lost', '可能漏收了门的状态变化'],
  ),
  air_rise_since_door_opened: number('rise since the door was opened', '开门以来的升温'),
  door_told: fact(
    ['whether the appliance tells of its door', '家电是否报告门的状态'],
    ['the appliance tells of its door', '家电报告门的状态'],
    ['the appliance does not tell of its door', '家电不报告门的状态'],
  ),
  air_above_food: number('air above what food follows', '空气比食物等效温度高出的度数'),
  evaporator_gap_above_usual: number('difference of the evaporator above what is usual', '蒸发器温差比平常高出的比例'),
  door_open_share_1h: number('share of the last hour with the door open', '近一小时开门的时间占比'),
  door_open_share_3h: number('share of the last three hours with the door open', '近三小时开门的时间占比'),
  minutes_since_door_was_shut: number(
    'time since the door was shut, after it had stood open',
    '门久开后重新关上以来的时间',
  ),
  compressor_share_1h: number('share of the last hour the compressor ran', '近一小时压缩机运行的时间占比'),
  compressor_share_3h: number('share of the last three hours the compressor ran', '近三小时压缩机运行的时间占比'),
  running_minutes: number('time the compressor has been running', '压缩机本次已运行的时间'),
  resting_while_warm_minutes: number('time the compressor has rested although it is warm', '偏热时压缩机停歇的时间'),
  start_peaks: number('attempts of the compressor to start', '压缩机尝试启动的次数'),
  rest_surplus: number('power drawn at rest, above what is usual at rest', '停机时高出平常的功率'),
  evaporator_gap: number('how much colder the evaporator is than the air while it runs', '运行时蒸发器比空气低的温差'),
  evaporator_gap_beyond: number('that difference now, beyond what its days go between', '该温差超出平常范围的幅度'),
  power_while_running: number('power while running', '运行功率'),
  power_while_running_beyond: number(
    'power while running, beyond what its days go between',
    '运行功率超出平常范围的幅度',
  ),
  fan_stood_minutes: number('time the fan has stood still while it should turn', '风扇应转未转的时间'),
  defrost_peak: number('warmest evaporator of the last defrost', '上次除霜时蒸发器的最高温度'),
  iced_hours: number('time in which ice has been growing', '结冰积累的时间'),
  hours_since_defrost: number('time since the last defrost', '距上次除霜的时间'),
  defrosting: fact(['defrosting', '除霜'], ['it is defrosting', '正在除霜'], ['it is not defrosting', '没有在除霜']),
  thermometer_frozen_minutes: number('time its thermometer has not moved', '温度计读数不变的时间'),
  thermometer_jumps: number('jumps of its thermometer', '温度计读数跳变的次数'),
  thermometer_tremble: number('tremble of its thermometer', '温度计读数的抖动'),
  thermometer_out_of_range: number('readings outside of what can be', '超出可能范围的读数'),
  thermometer_missing_minutes: number('time its thermometer has been missing', '温度计没有读数的时间'),
  work_lately: number('work of the last eighteen hours beyond what is usual', '近十八小时负荷超出平常的幅度'),
  work_change: number('work in the last days, against what is usual', '近几天的制冷负担与平常相比的变化'),
  work_drift: number('work in the last days, certainly beyond what is usual', '近几天的制冷负担确定偏离平常的幅度'),
  power_change: number('power in the last days, against what is usual', '近几天的运行功率与平常相比的变化'),
  power_drift: number('power in the last days, certainly beyond what is usual', '近几天的运行功率确定偏离平常的幅度'),
  gap_change: number(
    'evaporator difference in the last days, against what is usual',
    '近几天的蒸发器温差与平常相比的变化',
  ),
  gap_drift: number(
    'evaporator difference in the last days, certainly beyond what is usual',
    '近几天的蒸发器温差确定偏离平常的幅度',
  ),
  rest_gap_change: number(
    'difference of the thermometers at rest, against what is usual',
    '停机时两温度计之差与平常相比的变化',
  ),
  power_fall_per_gap_fall: number(
    'fall of the power for each share that the evaporator difference fell',
    '蒸发器温差每下降一份、功率随之下降的份额',
  ),
  rest_gap_drift: number(
    'difference of the thermometers at rest, certainly beyond what is usual',
    '停机时两温度计之差确定偏离平常的幅度',
  ),
  gap_shift_per_rest_shift: number(
    'how far the evaporator difference moved for each kelvin at rest',
    '停机时之差每变化一度、蒸发器温差的变化幅度',
  ),
  off_hours: number('time it was without power', '断电的时间'),
  mains_voltage: number('mains voltage', '市电电压'),
  door_alarm: fact(
    ["the appliance's door alarm", '家电门报警'],
    ["the appliance's own door alarm is on", '家电自身的门报警响起'],
    ["the appliance's own door alarm is off", '家电自身的门报警没有响'],
  ),
  temperature_alarm: fact(
    ["the appliance's temperature alarm", '家电温度报警'],
    ["the appliance's own temperature alarm is on", '家电自身的温度报警响起'],
    ["the appliance's own temperature alarm is off", '家电自身的温度报警没有响'],
  ),
  freezer_alarm: fact(
    ["the appliance's freezer alarm", '家电冷冻室报警'],
    ["the appliance's own freezer alarm is on", '家电自身的冷冻室报警响起'],
    ["the appliance's own freezer alarm is off", '家电自身的冷冻室报警没有响'],
  ),
};

const LINE: Record<string, FeatureWords> = {
  known_hours: number('time since it was first heard', '首次收到数据以来的时间'),
  silent_hours: number('time nothing has been heard from it', '没有收到数据的时间'),
  said_goodbye: fact(
    ['how it left', '离线方式'],
    ['it signed off in good order', '它正常断开了连接'],
    ['it did not sign off', '它没有正常断开连接'],
  ),
  connection_lost: fact(
    ['how its connection ended', '连接如何结束'],
    ['its connection broke off without a word', '它的连接突然中断'],
    ['its connection did not break off', '它的连接没有突然中断'],
  ),
  line_ended_by_us: fact(
    ['whether we ended its connection', '是否由我方断开'],
    ['our own service ended its connection', '它的连接因我们的服务而断开'],
    ['our own service did not end its connection', '它的连接不是因我们的服务断开的'],
  ),
  last_signal_strength: number('its last Wi-Fi signal (dBm)', '最后的 Wi-Fi 信号（dBm）'),
  clock_wrong_minutes: number('how far its clock is wrong', '家电时钟的误差'),
  minutes_since_reading: number('time since its newest reading', '距最新读数的时间'),
};

const CODES: Record<FaultCode, [en: string, zh: string]> = {
  'cabinet-sensor': ['fridge thermometer', '冷藏室温度传感器'],
  'evaporator-sensor': ['evaporator thermometer', '蒸发器温度传感器'],
  'freezer-sensor': ['freezer thermometer', '冷冻室温度传感器'],
  'ambient-sensor': ['room thermometer', '环境温度传感器'],
  'door-open': ['door', '门'],
  temperature: ['temperature', '温度'],
  defrost: ['defrost', '除霜'],
  fan: ['fan', '风扇'],
  compressor: ['compressor', '压缩机'],
  refrigerant: ['refrigerant', '制冷剂'],
  'control-board': ['control board', '控制板'],
  communication: ['communication', '通信'],
  mains: ['mains', '市电'],
};

const REPORTED: Record<Report, [en: string, zh: string]> = {
  'not-cold': ['it does not get cold', '不制冷'],
  'too-cold': ['it is too cold', '太冷'],
  frost: ['frost', '结霜'],
  noise: ['a noise', '有异响'],
  water: ['water', '漏水或积水'],
  'door-not-closing': ['the door does not close', '门关不上'],
  'freezer-warm': ['the freezer is warm', '冷冻室不冷'],
  'runs-all-the-time': ['it runs all the time', '一直不停机'],
  'does-not-run': ['it does not run', '不运转'],
  'burnt-smell': ['a burnt smell', '有焦味'],
};

const plain = (code: string): string => code.replaceAll('-', '_');

const codes = Object.entries(CODES).map(([code, [en, zh]]): [string, FeatureWords] => [
  `code_${plain(code)}`,
  fact(
    [`the appliance's fault code: ${en}`, `家电故障代码：${zh}`],
    [`the appliance's own fault code points to: ${en}`, `家电自身的故障代码指向：${zh}`],
    [`the appliance's own fault code does not point to: ${en}`, `家电自身的故障代码不指向：${zh}`],
  ),
]);

const reports = Object.entries(REPORTED).map(([code, [en, zh]]): [string, FeatureWords] => [
  `reported_${plain(code)}`,
  fact(
    [`report: ${en}`, `反馈：${zh}`],
    [`somebody reported: ${en}`, `有人反馈：${zh}`],
    [`nobody reports any more: ${en}`, `不再有人反馈：${zh}`],
  ),
]);

export const FEATURE_WORDS: ReadonlyMap<string, FeatureWords> = new Map([
  ...Object.entries(FRIDGE),
  ...Object.entries(LINE),
  ...codes,
  ...reports,
]);

export const featureNames = (): string[] => [...FEATURES.keys()];

/** By its own name until somebody has found words for it. */
export const wordsOf = (feature: string): FeatureWords => FEATURE_WORDS.get(feature) ?? number(feature, feature);

/** What is learned to be usual. */
export const MEASURE_WORDS = {
  work: { en: 'Work: share of the time it cools, in a room of 23 °C', zh: '制冷负担：室温 23 °C 时制冷的时间占比' },
  power: { en: 'Power while running', zh: '运行功率' },
  gap: { en: 'How much colder the evaporator is than the air while it runs', zh: '运行时蒸发器比空气低的温差' },
  rest: { en: 'Difference of the two thermometers at rest', zh: '停机时两个温度计之差' },
} satisfies Record<string, Phrase>;
