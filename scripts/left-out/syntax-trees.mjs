// In the place of chevrotain's cst_visitor.js: the parser's actions make what is read (server/language/syntax/parser.ts), and no concrete tree is visited.
const never = () => {
  throw new Error("visitors of syntax trees are left out of this bundle (scripts/left-out)");
};
export { never as createBaseSemanticVisitorConstructor, never as createBaseVisitorConstructorWithDefaults };
