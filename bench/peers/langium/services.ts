// Langium's own services for the generated grammar, with the two things that linking needs: names that are seen from
// every file (builtin.mjs), and names that statements make, which are seen in the braces around them.
import { AstUtils, DefaultScopeComputation, DefaultWorkspaceManager, type AstNode, type LangiumDocument, type LangiumDocumentFactory, type LocalSymbols, MultiMap, URI, type WorkspaceFolder } from "langium";
import { createDefaultModule, createDefaultSharedModule, type DefaultSharedModuleContext, type LangiumServices, type LangiumSharedServices } from "langium/lsp";
import { inject } from "langium";
import { NnetGeneratedModule, NnetGeneratedSharedModule } from "./generated/module.ts";
import { builtin } from "./builtin.mjs";

class Workspace extends DefaultWorkspaceManager {
  private readonly factory: LangiumDocumentFactory;

  constructor(services: LangiumSharedServices) {
    super(services);
    this.factory = services.workspace.LangiumDocumentFactory;
  }

  protected override async loadAdditionalDocuments(_folders: WorkspaceFolder[], collector: (document: LangiumDocument) => void): Promise<void> {
    collector(this.factory.fromString(builtin, URI.parse("builtin:///builtin.nnet")));
  }
}

class Scopes extends DefaultScopeComputation {
  override async collectLocalSymbols(document: LangiumDocument): Promise<LocalSymbols> {
    const symbols = new MultiMap<AstNode, ReturnType<typeof this.descriptions.createDescription>>();
    for (const node of AstUtils.streamAllContents(document.parseResult.value)) {
      const name = this.nameProvider.getName(node);
      if (!name || node.$type === "Arg") continue;
      // A parameter is seen in its declaration, everything else in the braces around it.
      let place: AstNode | undefined = node.$container;
      while (place && place.$type !== "Body" && place.$type !== "File" && !(node.$type === "Param" || node.$type === "For" || node.$type === "Loop")) place = place.$container;
      if (place) symbols.add(node.$type === "For" || node.$type === "Loop" ? node : place, this.descriptions.createDescription(node, name, document));
    }
    return symbols;
  }
}

export function createServices(context: DefaultSharedModuleContext): { shared: LangiumSharedServices; nnet: LangiumServices } {
  const shared = inject(createDefaultSharedModule(context), NnetGeneratedSharedModule, { workspace: { WorkspaceManager: (s: LangiumSharedServices) => new Workspace(s) } });
  const nnet = inject(createDefaultModule({ shared }), NnetGeneratedModule, { references: { ScopeComputation: (s: LangiumServices) => new Scopes(s) } });
  shared.ServiceRegistry.register(nnet);
  return { shared, nnet };
}
