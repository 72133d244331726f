export const arrows: readonly { readonly from: string; readonly to: readonly string[] }[];
export function forbidden(file: string, source: string, typeOnly?: boolean): string | undefined;
