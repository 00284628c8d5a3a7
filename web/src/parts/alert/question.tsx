// The one question that would tell the causes apart, with buttons to answer.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Alert } from '#contracts';
import { useAnswer } from '../../client/actions.ts';
import { usePerson } from '../../client/queries.ts';
import { useSay } from '../../reader.tsx';
import { offers } from '../offers.ts';
import { Mark } from '../status/mark.tsx';
import { ProblemNote } from '../status/problem-note.tsx';

export function QuestionBox({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const say = useSay();
  const { role } = usePerson();
  const answer = useAnswer(alert.id);
  const [again, setAgain] = useState(false);
  // Once answered, a question may be settled and gone: what was said stays visible.
  const [question, setQuestion] = useState(alert.question);
  if (alert.question && alert.question.question !== question?.question) setQuestion(alert.question);
  if (!question || alert.closedAt) return null;

  // The answer counts once diagnosis has ranked anew; until then the page remembers what was pressed.
  const given = answer.variables?.answer ?? alert.answers.findLast((a) => a.question === question.question)?.answer;
  const words = question.answers.find((a) => a.answer === given)?.text;
  const asking = !words || again || answer.isError;
  if (asking && !offers(role, 'actOnAlert')) return null;

  return (
    <section className="question" aria-label={t('alert.question')}>
      <p className="label">{t('alert.question')}</p>
      <p className="question-text">{say.phrase(question.text)}</p>
      {asking ? (
        <div className="answers">
          {question.answers.map((choice) => (
            <button
              key={choice.answer}
              type="button"
              className="button quiet"
              disabled={answer.isPending}
              onClick={() => {
                setAgain(false);
                answer.mutate({ question: question.question, answer: choice.answer });
              }}
            >
              {say.phrase(choice.text)}
            </button>
          ))}
        </div>
      ) : (
        <div className="answered" role="status">
          <Mark shape="fine" />
          <p>
            {t('alert.answered', { answer: say.phrase(words) })} <span className="soft">{t('alert.thanks')}</span>
          </p>
          {alert.question && (
            <button type="button" className="link" onClick={() => setAgain(true)}>
              {t('alert.answerAgain')}
            </button>
          )}
        </div>
      )}
      <ProblemNote error={answer.error} />
    </section>
  );
}
