// Types of the API that the contracts hold as schemas only.
import type { z } from 'zod';
import type {
  ApiKey as ApiKeySchema,
  AuditEntryView,
  AuditVerification as AuditVerificationSchema,
  ConsentView,
  CreatedApiKey as CreatedApiKeySchema,
  InvitationAnswer as InvitationAnswerSchema,
  LatestValue as LatestValueSchema,
  LiveView as LiveViewSchema,
  LogIn as LogInSchema,
  Member as MemberSchema,
  ModelView,
  NewApiKey as NewApiKeySchema,
  NewAppliance as NewApplianceSchema,
  NewClaim as NewClaimSchema,
  NewCommand as NewCommandSchema,
  NewGrant as NewGrantSchema,
  NewHousehold as NewHouseholdSchema,
  NewInvitation as NewInvitationSchema,
  NewOrganisation as NewOrganisationSchema,
  NewPerson as NewPersonSchema,
  NewProvisioningKey as NewProvisioningKeySchema,
  NewRemoteSession as NewRemoteSessionSchema,
  NewSignUp as NewSignUpSchema,
  NewSite as NewSiteSchema,
  NewWebhook as NewWebhookSchema,
  NotificationView,
  OrganisationEdit as OrganisationEditSchema,
  OrganisationView,
  PassportEdit as PassportEditSchema,
  PasswordChange as PasswordChangeSchema,
  PersonEdit as PersonEditSchema,
  Preferences as PreferencesSchema,
  Reauthentication as ReauthenticationSchema,
  RecoveryCodes as RecoveryCodesSchema,
  RegionEdit as RegionEditSchema,
  RemoteSession as RemoteSessionSchema,
  RetentionRule as RetentionRuleSchema,
  RetentionWish as RetentionWishSchema,
  Role,
  SecondFactorSecret as SecondFactorSecretSchema,
  SecondFactorState as SecondFactorStateSchema,
  SessionView,
  SetUp as SetUpSchema,
  Slot as SlotSchema,
  SwappedModule as SwappedModuleSchema,
  TechnicianEdit as TechnicianEditSchema,
  TechnicianFile as TechnicianFileSchema,
  TimelineEntry as TimelineEntrySchema,
  Transferred as TransferredSchema,
  VisitResult as VisitResultSchema,
  WebhookSecret as WebhookSecretSchema,
} from '#contracts';
export type Page<T> = { items: T[]; next: string | null };
export type ApiKey = z.infer<typeof ApiKeySchema>;
export type CreatedApiKey = z.infer<typeof CreatedApiKeySchema>;
export type InvitationAnswer = z.input<typeof InvitationAnswerSchema>;
export type NewApiKey = z.input<typeof NewApiKeySchema>;
export type NewSignUp = z.input<typeof NewSignUpSchema>;
export type PasswordChange = z.input<typeof PasswordChangeSchema>;
export type Reauthentication = z.input<typeof ReauthenticationSchema>;
export type RecoveryCodes = z.infer<typeof RecoveryCodesSchema>;
export type SecondFactorSecret = z.infer<typeof SecondFactorSecretSchema>;
export type SecondFactorState = z.infer<typeof SecondFactorStateSchema>;
export type Session = z.infer<typeof SessionView>;
export type ApplianceModel = z.infer<typeof ModelView>;
export type LatestValue = z.infer<typeof LatestValueSchema>;
export type Notification = z.infer<typeof NotificationView>;
export type LogIn = z.input<typeof LogInSchema>;
export type NewAppliance = z.input<typeof NewApplianceSchema>;
export type NewHousehold = z.input<typeof NewHouseholdSchema>;
export type NewPerson = z.input<typeof NewPersonSchema>;
export type Preferences = z.input<typeof PreferencesSchema>;
export type SetUp = z.input<typeof SetUpSchema>;
export type Slot = z.infer<typeof SlotSchema>;
export type TimelineEntry = z.infer<typeof TimelineEntrySchema>;
export type VisitResult = z.input<typeof VisitResultSchema>;
export type LiveView = z.infer<typeof LiveViewSchema>;
export type NewCommand = z.input<typeof NewCommandSchema>;
export type NewClaim = z.input<typeof NewClaimSchema>;
export type NewGrant = z.input<typeof NewGrantSchema>;
export type NewRemoteSession = z.input<typeof NewRemoteSessionSchema>;
export type PassportEdit = z.input<typeof PassportEditSchema>;
export type RemoteSession = z.infer<typeof RemoteSessionSchema>;
export type SwappedModule = z.infer<typeof SwappedModuleSchema>;
export type Transferred = z.infer<typeof TransferredSchema>;
export type Member = z.infer<typeof MemberSchema>;
export type NewInvitation = z.input<typeof NewInvitationSchema>;
export type NewSite = z.input<typeof NewSiteSchema>;
export type Consent = z.infer<typeof ConsentView>;
export type RetentionRule = z.infer<typeof RetentionRuleSchema>;
export type RetentionWish = z.input<typeof RetentionWishSchema>;
export type NewOrganisation = z.input<typeof NewOrganisationSchema>;
export type Organisation = z.infer<typeof OrganisationView>;
export type OrganisationEdit = z.input<typeof OrganisationEditSchema>;
export type PersonEdit = z.input<typeof PersonEditSchema>;
export type RegionEdit = z.input<typeof RegionEditSchema>;
export type TechnicianEdit = z.input<typeof TechnicianEditSchema>;
export type AuditEntry = z.infer<typeof AuditEntryView>;
export type AuditVerification = z.infer<typeof AuditVerificationSchema>;
export type NewProvisioningKey = z.input<typeof NewProvisioningKeySchema>;
export type NewWebhook = z.input<typeof NewWebhookSchema>;
export type WebhookSecret = z.infer<typeof WebhookSecretSchema>;
export type TechnicianFile = z.infer<typeof TechnicianFileSchema>;

/** An account of the demo that the log-in page offers as a button. */
export type DemoAccount = { name?: string; role: Role; email: string; password: string };
