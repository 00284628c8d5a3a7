// What mails about accounts, invitations and access say. A `{…}` part of a name or link is sealed for who gets the mail.
import { compose, type Phrase } from '#contracts';

export type Words = { kind: string; subject: Phrase; lines: Phrase[] };

const until = (at: number) => ({ value: at, unit: 'instant' }) as const;

const NOT_YOU: Phrase = {
  en: 'If this was not you, do nothing: without the link nothing happens.',
  zh: '如果这不是您本人的操作，请忽略此邮件：不打开链接就不会有任何变化。',
};

const linkWorksUntil = (endsAt: number): Phrase =>
  compose('The link works once, until {at}.', '该链接仅可使用一次，有效期至 {at}。', { at: until(endsAt) });

export const signUpAsked = (endsAt: number): Words => ({
  kind: 'sign-up',
  subject: { en: 'Confirm your mail address', zh: '请确认您的邮箱地址' },
  lines: [
    {
      en: 'Somebody, hopefully you, wants an account at Stethos with this mail address. Open the link below to confirm it.',
      zh: '有人（希望是您本人）想用这个邮箱地址注册 Stethos 账号。请打开下面的链接进行确认。',
    },
    linkWorksUntil(endsAt),
    NOT_YOU,
  ],
});

export const signUpTaken: Words = {
  kind: 'sign-up-taken',
  subject: { en: 'You have an account already', zh: '您已有账号' },
  lines: [
    {
      en: 'Somebody, perhaps you, wanted a new account with this mail address. You have one already: log in with it, or choose a new password there if you forgot yours.',
      zh: '有人（也许是您本人）想用这个邮箱地址注册新账号。您已有账号：请直接登录；如忘记密码，可在登录页面重设。',
    },
    {
      en: 'If this was not you, do nothing. Nothing was changed.',
      zh: '如果这不是您本人的操作，请忽略此邮件。没有发生任何更改。',
    },
  ],
};

export const resetAsked = (endsAt: number): Words => ({
  kind: 'password-reset',
  subject: { en: 'Choose a new password', zh: '重设您的密码' },
  lines: [
    {
      en: 'Somebody, hopefully you, wants a new password for your account. Open the link below to choose one.',
      zh: '有人（希望是您本人）想为您的账号重设密码。请打开下面的链接设置新密码。',
    },
    linkWorksUntil(endsAt),
    NOT_YOU,
  ],
});

export const passwordChanged: Words = {
  kind: 'password-changed',
  subject: { en: 'Your password was changed', zh: '您的密码已更改' },
  lines: [
    {
      en: 'The password of your account was changed, and other sessions were ended. If this was not you, ask for a new password at once.',
      zh: '您账号的密码已更改，其他登录会话均已退出。如果这不是您本人的操作，请立即重设密码。',
    },
  ],
};

export const invitedToHousehold = (household: string, endsAt: number): Words => ({
  kind: 'household-invitation',
  subject: compose('You are invited to the household “{household}”', '邀请您加入家庭“{household}”', { household }),
  lines: [
    compose(
      'Somebody of the household “{household}” wants to share its appliances with you: how they are, and what to do when something is wrong.',
      '家庭“{household}”的成员希望与您共享家中电器的信息：运行状况，以及出现问题时该怎么做。',
      { household },
    ),
    linkWorksUntil(endsAt),
    NOT_YOU,
  ],
});

export const invitedToWork = (organisation: string, endsAt: number): Words => ({
  kind: 'staff-invitation',
  subject: compose('Your account at {organisation}', '您在 {organisation} 的账号', { organisation }),
  lines: [
    compose(
      '{organisation} has made an account for you. Open the link below and choose a password.',
      '{organisation} 已为您创建账号。请打开下面的链接并设置密码。',
      { organisation },
    ),
    linkWorksUntil(endsAt),
  ],
});

export const invitedToRepair = (endsAt: number, grantEndsAt: number): Words => ({
  kind: 'repair-invitation',
  subject: { en: 'An owner wants you to look at an appliance', zh: '用户邀请您查看电器' },
  lines: [seeUntil(grantEndsAt), linkWorksUntil(endsAt), NOT_YOU],
});

export const grantedToRepair = (grantEndsAt: number): Words => ({
  kind: 'repair-grant',
  subject: { en: 'An owner wants you to look at an appliance', zh: '用户邀请您查看电器' },
  lines: [seeUntil(grantEndsAt)],
});

const seeUntil = (at: number): Phrase =>
  compose(
    'You may see its readings and alerts until {at}. The owner can end this at any time.',
    '在 {at} 之前，您可以查看其数据和报警。用户可随时终止授权。',
    { at: until(at) },
  );
