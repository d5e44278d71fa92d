// An OpenID Connect provider for the tests of signing in: real protocol, real signatures, people who are made up on the
// spot. Who signs in as "x@y" is x@y; the address is verified unless it begins with "unverified".
//
//   node provider.mjs CLIENT_ID SECRET REDIRECT_URI      prints its address as soon as it listens
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const [client, secret, redirect] = process.argv.slice(2)
const server = createServer((request, answer) => handle(request, answer))
let handle = (_request, answer) => answer.writeHead(503).end()

server.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(address, {
    clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    cookies: { keys: ['kept nowhere'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: id, email_verified: !id.startsWith('unverified'), name: `Person ${id}` }),
    }),
  })
  handle = provider.callback()
  console.log(address)
})
