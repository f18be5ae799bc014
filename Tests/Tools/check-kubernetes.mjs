// Kubernetes manifests from stdin (kubectl kustomize | node check-kubernetes.mjs), each held against the schema of its
// kind; says what is wrong, or how many are right.
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

// The schemas let unknown members pass, and a typing error would be one: what a schema never looks at, it does not
// know.
function watched(value, path, unread) {
  if (value === null || typeof value !== "object") return value;
  const pairs = Object.entries(value).map(([key, inner]) => [key, watched(inner, `${path}/${key}`, unread)]);
  const members = Object.fromEntries(pairs);
  const copy = Array.isArray(value) ? Object.values(members) : members;
  if (!Array.isArray(value)) for (const key of Object.keys(value)) unread.add(`${path}/${key}`);
  return new Proxy(copy, { get: (target, key) => (unread.delete(`${path}/${String(key)}`), target[key]) });
}

let wrong = 0;
const documents = parseAllDocuments(readFileSync(0, "utf8"));
for (const document of documents) {
  const manifest = document.toJS();
  try {
    if (document.errors.length > 0) throw document.errors[0];
    const Model = (await import(`kubernetes-models/${manifest.apiVersion}`))[manifest.kind];
    if (!Model) throw new Error(`${manifest.apiVersion} has no such kind`);
    const unread = new Set();
    Model.prototype.validate.call(watched(manifest, "", unread));
    if (unread.size > 0) throw new Error(`unknown: ${[...unread].join(", ")}`);
  } catch (error) {
    wrong++;
    console.error(`${manifest.kind} ${manifest.metadata?.name}: ${error.message}`);
  }
}
console.log(`${documents.length - wrong} right, ${wrong} wrong`);
process.exit(wrong > 0 || documents.length === 0 ? 1 : 0);
