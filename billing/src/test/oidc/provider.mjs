// A real OpenID provider for OidcIT: whoever comes is logged in as the account that was told last. Prints its port.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [callback, secret] = process.argv.slice(2);
const accounts = new Map();
let current = "nobody";

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{ client_id: "hub", client_secret: secret, redirect_uris: [callback] }],
    scopes: ["openid", "email", "profile", "groups"],
    claims: { email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) }),
    async loadExistingGrant(context) {
      const { client, session } = context.oidc;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid email profile groups");
      await grant.save();
      return grant;
    },
  });
  const handle = provider.callback();
  server.on("request", async (request, response) => {
    if (request.url.startsWith("/test/account/")) {
      let body = "";
      for await (const part of request) body += part;
      current = request.url.slice("/test/account/".length);
      accounts.set(current, JSON.parse(body));
      response.end("ok");
    } else if (request.url.startsWith("/interaction/")) {
      await provider.interactionFinished(request, response, { login: { accountId: current } });
    } else {
      handle(request, response);
    }
  });
  console.log(`port ${port}`);
});
// Ends with the test that started it, however that ends.
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
