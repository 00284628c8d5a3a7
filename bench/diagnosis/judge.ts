// One appliance's messages through the evaluator that the platform runs.
import type { DecodedMessage, FindingChange } from '#contracts';
import { type Catalogue, judgeLife } from '#diagnosis-rules';

/** `upTo`: how long time goes on after the last message, epoch ms. */
export const judge = (options: {
  rules: Catalogue;
  messages: Iterable<DecodedMessage>;
  upTo: number;
}): FindingChange[] => judgeLife(options).changes;
