// Audit log, provisioning keys, webhooks.
import { useMutation, useQuery } from '@tanstack/react-query';
import type {
  CreatedProvisioningKey,
  CreatedWebhook,
  ProvisioningKey,
  Webhook,
  WebhookDelivery,
  WebhookEdit,
} from '#contracts';
import { useAction, useCommand } from './action.ts';
import { type ApiProblem, call } from './http.ts';
import { keys } from './keys.ts';
import { usePages } from './pages.ts';
import type { AuditEntry, AuditVerification, NewProvisioningKey, NewWebhook, Page, WebhookSecret } from './shapes.ts';

const DELIVERIES_EVERY_MS = 5_000;

export const useAudit = (object: string | undefined) => usePages<AuditEntry>(keys.audit, '/audit', { object });
export const useVerifyAudit = () =>
  useMutation<AuditVerification, ApiProblem, void>({
    mutationFn: () => call<AuditVerification>('GET', '/audit/verification'),
  });

export const useProvisioningKeys = () =>
  useQuery({
    queryKey: keys.provisioningKeys,
    queryFn: () => call<Page<ProvisioningKey>>('GET', '/provisioning-keys'),
  });
export const useMakeProvisioningKey = () =>
  useAction((input: NewProvisioningKey) => call<CreatedProvisioningKey>('POST', '/provisioning-keys', input));
export const useRevokeProvisioningKey = (id: string) => useCommand(`/provisioning-keys/${id}`, 'DELETE');

export const useWebhooks = () =>
  useQuery({ queryKey: keys.webhooks, queryFn: () => call<Page<Webhook>>('GET', '/webhooks') });
export const useAddWebhook = () => useAction((input: NewWebhook) => call<CreatedWebhook>('POST', '/webhooks', input));
export const useEditWebhook = (id: string) =>
  useAction((input: WebhookEdit) => call<Webhook>('PATCH', `/webhooks/${id}`, input));
export const useRemoveWebhook = (id: string) => useCommand(`/webhooks/${id}`, 'DELETE');
export const useTestWebhook = (id: string) => useCommand(`/webhooks/${id}/test`);
export const useRotateWebhook = (id: string) => useCommand<WebhookSecret>(`/webhooks/${id}/secret`);
export const useDeliveries = (id: string) =>
  useQuery({
    queryKey: keys.deliveries(id),
    queryFn: () => call<Page<WebhookDelivery>>('GET', `/webhooks/${id}/deliveries`),
    refetchInterval: DELIVERIES_EVERY_MS,
  });
