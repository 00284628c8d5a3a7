// A small rule of the tests, complete in both languages.
export type Parts = { id?: string; version?: number; above?: number; title?: string; reviewedBy?: string | null };

export const ruleText = ({
  id = 'test-warm',
  version = 1,
  above = 8,
  title = 'Too warm',
  reviewedBy = null,
}: Parts = {}) => `id: ${id}
version: ${version}
kind: refrigerator
source: A rule of the tests.
reviewedBy: ${reviewedBy === null ? 'null' : JSON.stringify(reviewedBy)}
title: { en: ${title}, zh: 温度过高 }
summary:
  warning: { en: It is too warm inside., zh: 冰箱内温度过高。 }
wouldClear: { en: It closes when it is cold again., zh: 恢复低温后自动解除。 }
symptoms:
  warm:
    when: { feature: cabinet_temperature, above: ${above} }
    shows: cabinet_temperature
    base: 0.2
    text:
      present: { en: It is warm, zh: 温度偏高 }
      absent: { en: It is cold, zh: 温度正常 }
      unknown: { en: Not known, zh: 未知 }
opens:
  warm: warning
causes:
  door-left-open:
    name: { en: The door was left open, zh: 门没有关好 }
    prior: 0.6
    likelihood: { warm: 0.9 }
    explanation: { en: Warm air comes in., zh: 热空气进入。 }
    remedy:
      by: owner
      steps:
        - { en: Close the door., zh: 请关上门。 }
  compressor-worn:
    name: { en: The compressor is worn, zh: 压缩机磨损 }
    prior: 0.4
    likelihood: { warm: 0.8 }
    explanation: { en: It cools too little., zh: 制冷不足。 }
    remedy:
      by: technician
      skill: refrigeration
      parts: []
      urgency: days
      meanwhile: []
questions:
  door-closed:
    text: { en: Is the door closed?, zh: 门关好了吗？ }
    answers:
      it-is: { text: { en: It is, zh: 关好了 }, likelihood: { door-left-open: 0.1, compressor-worn: 0.9 } }
      it-was-open: { text: { en: It was open, zh: 之前开着 }, likelihood: { door-left-open: 0.9, compressor-worn: 0.1 } }
`;
