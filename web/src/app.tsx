// Who is there decides what is shown: the door for visitors, the pages of their role for people.
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Route, Switch } from 'wouter';
import type { Person } from '#contracts';
import { keys } from './client/keys.ts';
import { useLive } from './client/live.ts';
import { useMe } from './client/queries.ts';
import { ErasedPage } from './pages/door/erased.tsx';
import { InvitationPage } from './pages/door/invitation.tsx';
import { LogInPage } from './pages/door/log-in.tsx';
import { ForgotPasswordPage, ResetPage } from './pages/door/reset.tsx';
import { SetUpPage } from './pages/door/set-up.tsx';
import { ConfirmSignUpPage, SignUpPage } from './pages/door/sign-up.tsx';
import { Pages } from './pages/routes.tsx';
import { NeededFactorPage } from './pages/settings/needed-factor.tsx';
import { PasswordDialog } from './parts/shell/password-dialog.tsx';
import { Shell } from './parts/shell/shell.tsx';
import { Loaded } from './parts/status/loaded.tsx';
import { ReaderProvider } from './reader.tsx';
import { speak } from './words/i18n.ts';

export function App() {
  const me = useMe();
  const person = me.data ?? null;
  const language = person?.language;

  useEffect(() => {
    if (language) speak(language);
  }, [language]);

  return (
    <ReaderProvider person={person}>
      <Loaded from={me}>
        {() => (
          <Switch>
            {/* Links of mails work for whoever opens them. */}
            <Route path="/sign-up/confirmation" component={ConfirmSignUpPage} />
            <Route path="/password-reset" component={ResetPage} />
            <Route path="/invitation" component={InvitationPage} />
            <Route>{person ? <Inside person={person} /> : <Door />}</Route>
          </Switch>
        )}
      </Loaded>
    </ReaderProvider>
  );
}

function Door() {
  return (
    <Switch>
      <Route path="/setup" component={SetUpPage} />
      <Route path="/sign-up" component={SignUpPage} />
      <Route path="/forgot-password" component={ForgotPasswordPage} />
      <Route path="/erased" component={ErasedPage} />
      {/* Every other path asks to log in and is opened afterwards: links in messages keep working. */}
      <Route component={LogInPage} />
    </Switch>
  );
}

function Inside({ person }: { person: Person }) {
  const live = useLive(true);
  // The API says so whenever it refuses for this reason.
  const factorNeeded = useQuery({ queryKey: keys.factorNeeded, queryFn: () => false, staleTime: Infinity });
  return (
    <Shell person={person} live={live}>
      {factorNeeded.data ? <NeededFactorPage /> : <Pages person={person} />}
      <PasswordDialog />
    </Shell>
  );
}
