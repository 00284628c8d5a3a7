// Preloaded into a child process: once the file named by FSYNC_FAILS exists, the disk refuses every fsync.
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const fsyncSync = fs.fsyncSync;
fs.fsyncSync = (fd) => {
  if (fs.existsSync(process.env.FSYNC_FAILS)) throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
  fsyncSync(fd);
};
syncBuiltinESMExports();
