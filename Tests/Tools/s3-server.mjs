// A store that speaks S3, for the tests of backups: takes a folder and a bucket, prints its address; the line "corrupt"
// makes it keep other bytes than it is given, "honest" ends that.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import S3rver from 's3rver';

const [directory, bucket] = process.argv.slice(2);
const configureBuckets = [{ name: bucket }];
const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets });
let corrupts = false;
server.middleware.unshift(async (ctx, next) => {
  await next();
  if (!corrupts || ctx.method !== 'PUT') return;
  const file = `${directory}${ctx.path}._S3rver_object`;
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(file, bytes);
});
const { port } = await server.run();
console.log(`http://127.0.0.1:${port}`);
for await (const line of createInterface({ input: process.stdin })) {
  corrupts = line === 'corrupt';
  console.log('ok');
}
process.exit(0);
