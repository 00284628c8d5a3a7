// A broker, its log and appliances that publish, in one process that is watched from outside. Arguments: appliances, messages of each.
import { upTopic } from '#contracts';
import { openDoor } from '../../broker/door.ts';

/** Packet ids are unique over all appliances, and stand in the payload: one PUBACK, one record. */
export const MARK = 'message-';
const IN_FLIGHT = 7;

async function publishAll(appliances: number, messages: number): Promise<void> {
  await using door = await openDoor();
  const publish = async (first: number): Promise<void> => {
    const appliance = door.appliance();
    await using client = await door.connect(appliance);
    const send = (id: number): void => client.publish(upTopic(appliance.id, 'telemetry'), `${MARK}${id};`, 1, id);
    for (let i = 0; i < Math.min(IN_FLIGHT, messages); i++) send(first + i);
    for (let i = 0; i < messages; i++) {
      await client.next('puback');
      if (i + IN_FLIGHT < messages) send(first + i + IN_FLIGHT);
    }
  };
  await Promise.all(Array.from({ length: appliances }, (_, i) => publish(1 + i * messages)));
}

if (process.argv[1] === import.meta.filename) await publishAll(Number(process.argv[2]), Number(process.argv[3]));
