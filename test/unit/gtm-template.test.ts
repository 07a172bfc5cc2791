import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const [, ...parts] = readFileSync('examples/gtm/template.tpl', 'utf8').split(/^___(\w+)___$/m);
const sections = Object.fromEntries(parts.flatMap((name, index) => (index % 2 ? [] : [[name, parts[index + 1]!.trim()]])));
const json = <Value>(name: string) => JSON.parse(sections[name]!) as Value;
const code = sections.SANDBOXED_JS_FOR_WEB_TEMPLATE!;

/** Runs the template as Tag Manager does, and returns the address that it injects. */
function inject(data: object): string {
  let injected = '';
  const apis: Record<string, unknown> = { injectScript: (address: string) => (injected = address), encodeUriComponent: encodeURIComponent };
  new Function('require', 'data', code)((name: string) => apis[name], data);
  return injected;
}

test('the tag template has the sections that Tag Manager imports, in its order', () => {
  expect(Object.keys(sections)).toEqual(['INFO', 'TEMPLATE_PARAMETERS', 'SANDBOXED_JS_FOR_WEB_TEMPLATE', 'WEB_PERMISSIONS', 'TESTS', 'NOTES']);
  expect(json('INFO')).toMatchObject({ type: 'TAG', containerContexts: ['WEB'] });
});

test('the template has a field for all that its code reads', () => {
  const fields = json<{ name: string }[]>('TEMPLATE_PARAMETERS').map(({ name }) => name);
  const read = [...code.matchAll(/data\.(\w+)/g)].map(([, name]) => name!).filter((name) => !name.startsWith('gtm'));
  expect(new Set(read)).toEqual(new Set(fields));
});

test('the template has leave to inject scripts, and for nothing else', () => {
  const required = [...code.matchAll(/require\('(\w+)'\)/g)].map(([, name]) => name);
  expect(required).toEqual(['injectScript', 'encodeUriComponent']);
  const permissions = json<{ instance: { key: { publicId: string }; param: { value: { listItem: { string: string }[] } }[] } }[]>('WEB_PERMISSIONS');
  expect(permissions.map(({ instance }) => instance.key.publicId)).toEqual(['inject_script']);
  expect(permissions[0]!.instance.param[0]!.value.listItem[0]!.string).toMatch(/^https:\/\/.+\*$/);
});

test('the template writes the options into the address of the script', () => {
  const script = 'https://cdn.shop.example/waymark.min.js';
  const collector = 'https://collect.shop.example/v1/events?a=1&b=2';
  const { searchParams } = new URL(inject({ script, collector, options: [{ name: 'currency', value: 'EUR' }, { name: 'internalHosts', value: 'a.example b.example' }] }));
  expect(Object.fromEntries(searchParams)).toEqual({ collector, currency: 'EUR', internalHosts: 'a.example b.example' });
  expect(inject({ script, collector: '/events' })).toBe(`${script}?collector=%2Fevents`);
});
