// In one process, without transport: whole texts read anew, by Langium and by the language core. Prints milliseconds as JSON.
import { URI, EmptyFileSystem } from "langium";
import { analyse } from "../../../server/language/index.ts";
import { subject } from "../../editor/files.mjs";
import { createServices } from "./dist/services.mjs";

const [layers, count] = process.argv.slice(2).map(Number);
const { text } = subject(layers);
const { shared } = createServices(EmptyFileSystem);
await shared.workspace.WorkspaceManager.initializeWorkspace([]);
const { LangiumDocumentFactory: factory, DocumentBuilder: builder, LangiumDocuments: documents } = shared.workspace;
// Every text is new in every line.
const fresh = (i) => text.replace(/\d+, 3/g, (n) => `${i}${n}`);
const times = { langium: [], nnet: [] };
for (let i = 0; i < count; i++) {
  const other = fresh(i + 1);
  let start = performance.now();
  const document = factory.fromString(other, URI.parse(`memory:///${i}.nnet`));
  await builder.build([document], { validation: true });
  times.langium.push(performance.now() - start);
  if (document.diagnostics.length > 0) throw new Error(`Langium: ${document.diagnostics[0].message}`);
  documents.deleteDocument(document.uri);
  start = performance.now();
  const { findings } = analyse(`/${i}.nnet`, other);
  times.nnet.push(performance.now() - start);
  // Not what the checks say of how it would train.
  if (findings.some((f) => f.code === "syntax-error" || f.code === "unknown-layer")) throw new Error(findings[0].message);
}
console.log(JSON.stringify(times));
