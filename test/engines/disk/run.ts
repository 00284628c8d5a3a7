import { damages } from './damage.ts';
import { fills, smallDisk } from './full-disk.ts';

console.log(await damages(300));
{
  using disk = smallDisk(4);
  console.log(await fills(disk!.path, 10));
}
{
  using disk = smallDisk(4);
  console.log(await fills(disk!.path, 10, { reserveBytes: 1024 * 1024 }));
}
