// What appliances measure. A signal's name, quantity, unit and kind stand here; plausible ranges and cadence belong to the model.
import type { Phrase } from './phrase.ts';

export type SignalKind = 'gauge' | 'counter' | 'state';
export type SignalUnit = 'Cel' | 'W' | 'W.h' | 'dB[mW]' | '/min' | '%' | 'V' | '1' | 'boolean' | 'text';
export type Signal = { name: string; kind: SignalKind; unit: SignalUnit; words: Phrase };

const signal = (name: string, kind: SignalKind, unit: SignalUnit, en: string, zh: string): Signal => ({
  name,
  kind,
  unit,
  words: { en, zh },
});

const TABLE: readonly Signal[] = [
  signal('cabinet_temperature', 'gauge', 'Cel', 'Fridge temperature', '冷藏室温度'),
  signal('freezer_temperature', 'gauge', 'Cel', 'Freezer temperature', '冷冻室温度'),
  signal('evaporator_temperature', 'gauge', 'Cel', 'Evaporator temperature', '蒸发器温度'),
  signal('ambient_temperature', 'gauge', 'Cel', 'Room temperature', '环境温度'),
  signal('set_point', 'gauge', 'Cel', 'Set temperature', '设定温度'),
  signal('power', 'gauge', 'W', 'Power', '功率'),
  signal('compressor_on', 'state', 'boolean', 'Compressor running', '压缩机运行'),
  signal('compressor_speed', 'gauge', '/min', 'Compressor speed', '压缩机转速'),
  signal('fan_speed', 'gauge', '/min', 'Fan speed', '风扇转速'),
  signal('door_open', 'state', 'boolean', 'Door open', '门打开'),
  signal('defrost_on', 'state', 'boolean', 'Defrosting', '除霜'),
  signal('freezer_set_point', 'gauge', 'Cel', 'Freezer set temperature', '冷冻室设定温度'),
  signal('mains_voltage', 'gauge', 'V', 'Mains voltage', '市电电压'),
  signal('humidity', 'gauge', '%', 'Humidity inside', '内部湿度'),
  signal('door_alarm', 'state', 'boolean', "Appliance's door alarm", '家电门报警'),
  signal('temperature_alarm', 'state', 'boolean', "Appliance's temperature alarm", '家电温度报警'),
  signal('freezer_alarm', 'state', 'boolean', "Appliance's freezer alarm", '家电冷冻室报警'),
  signal('fault_code', 'state', 'text', 'Fault code', '故障代码'),
  signal('energy', 'counter', 'W.h', 'Energy', '电量'),
  signal('signal_strength', 'gauge', 'dB[mW]', 'Wi-Fi signal', 'Wi-Fi 信号'),
];

export const SIGNALS: ReadonlyMap<string, Signal> = new Map(TABLE.map((s) => [s.name, s]));
