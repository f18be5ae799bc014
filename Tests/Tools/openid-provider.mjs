// An OpenID provider for the tests of Google sign-in: prints its address, then takes lines of JSON {claims, refuses}
// that say what it answers from then on.
import { createInterface } from 'node:readline';
import { OAuth2Server } from 'oauth2-mock-server';

const server = new OAuth2Server();
await server.issuer.keys.generate('RS256');
let told = { claims: {}, refuses: false };
server.service.on('beforeTokenSigning', token => Object.assign(token.payload, told.claims));
server.service.on('beforeUserinfo', answer => {
  const { sub, email, name } = told.claims;
  answer.body = { sub, email, name };
});
server.service.on('beforeAuthorizeRedirect', redirect => {
  if (!told.refuses) return;
  redirect.url.searchParams.delete('code');
  redirect.url.searchParams.set('error', 'access_denied');
});
// As somebody between the provider and us would: a signature by another key, and none at all.
server.service.on('beforeResponse', answer => {
  const token = answer.body.id_token;
  if (!token || !told.claims.forged) return;
  const [head, body, signature] = token.split('.');
  answer.body.id_token = told.claims.forged === 'none'
    ? `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`
    : `${head}.${body}.${Buffer.alloc(Buffer.from(signature, 'base64url').length, 7).toString('base64url')}`;
});
await server.start(0, '127.0.0.1');
console.log(server.issuer.url);
for await (const line of createInterface({ input: process.stdin })) {
  told = JSON.parse(line);
  console.log('ok');
}
process.exit();
