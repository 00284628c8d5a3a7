// What people answered, with the question it belongs to.
import { useTranslation } from 'react-i18next';
import type { Alert } from '#contracts';
import { useSay, useTimes } from '../../reader.tsx';
import { useAnswerWords } from '../codes.ts';
import { Empty } from '../status/loaded.tsx';

export function Answers({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const codes = useAnswerWords();
  if (alert.answers.length === 0) return <Empty>{t('alert.noAnswers')}</Empty>;
  const { question } = alert;
  const words = (answer: Alert['answers'][number]) => {
    const asked = question?.question === answer.question ? question : undefined;
    const text = asked?.answers.find((choice) => choice.answer === answer.answer)?.text;
    return {
      asked: asked ? say.phrase(asked.text) : codes.question(answer.question),
      said: text ? say.phrase(text) : codes.answer(answer.answer, answer.question),
    };
  };
  return (
    <ul className="rows">
      {alert.answers.map((answer) => (
        <li key={`${answer.question} ${answer.at}`}>
          <div>
            <p className="small">{words(answer).asked}</p>
            <p>{words(answer).said}</p>
          </div>
          <span className="small">{times.moment(answer.at)}</span>
        </li>
      ))}
    </ul>
  );
}
