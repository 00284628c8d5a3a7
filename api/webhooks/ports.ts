// What webhooks need to reach somebody else's server.
import type { WebhookReason } from '#contracts';

export type WebhookAnswer = { status: number } | { reason: WebhookReason };

export interface WebhookSender {
  /** Why nothing may be sent there; null when it may. A name that cannot be resolved now may become good, and passes. */
  refusal(url: string): Promise<WebhookReason | null>;
  /**
   * One POST, judged anew: every address of the name is checked, and the one that was checked is the one that is used.
   * Follows no redirect and ends within seconds, or when the signal says so. Never throws for what the other side does.
   */
  post(call: {
    url: string;
    headers: Readonly<Record<string, string>>;
    body: string;
    signal?: AbortSignal;
  }): Promise<WebhookAnswer>;
}
