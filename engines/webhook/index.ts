// The door of engines/webhook: sends to servers that strangers name, and to no server they should not reach.
export { isPublicAddress } from './public-address.ts';
export { openWebhookSender } from './webhook-sender.ts';
