// Types of the API that the contracts hold as schemas only.
import type { z } from 'zod';
import type {
  LatestValue as LatestValueSchema,
  ModelView,
  NewAppliance as NewApplianceSchema,
  NewHousehold as NewHouseholdSchema,
  NewPerson as NewPersonSchema,
  NotificationView,
  Preferences as PreferencesSchema,
  Role,
  SetUp as SetUpSchema,
  Slot as SlotSchema,
  TimelineEntry as TimelineEntrySchema,
  VisitResult as VisitResultSchema,
} from '#contracts';

export type Page<T> = { items: T[]; next: string | null };
export type ApplianceModel = z.infer<typeof ModelView>;
export type LatestValue = z.infer<typeof LatestValueSchema>;
export type Notification = z.infer<typeof NotificationView>;
export type NewAppliance = z.input<typeof NewApplianceSchema>;
export type NewHousehold = z.input<typeof NewHouseholdSchema>;
export type NewPerson = z.input<typeof NewPersonSchema>;
export type Preferences = z.input<typeof PreferencesSchema>;
export type SetUp = z.input<typeof SetUpSchema>;
export type Slot = z.infer<typeof SlotSchema>;
export type TimelineEntry = z.infer<typeof TimelineEntrySchema>;
export type VisitResult = z.input<typeof VisitResultSchema>;

/** An account of the demo that the log-in page offers as a button. */
export type DemoAccount = { name?: string; role: Role; email: string; password: string };
