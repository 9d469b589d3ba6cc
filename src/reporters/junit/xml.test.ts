import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../text.ts';
import { type Element, element, renderXml } from './xml.ts';

const names: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#10': '\n' };

/** Reads what `renderXml` writes, and nothing that is not well-formed XML 1.0. */
function parseXml(xml: string): Element {
  expect(xml).not.toMatch(/[^\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray => {
    const sticky = new RegExp(pattern.source, 'uy');
    sticky.lastIndex = at;
    const match = sticky.exec(xml);
    if (match === null) throw new Error(`not well-formed at ${at}: ${xml.slice(at, at + 40)}`);
    at = sticky.lastIndex;
    return match;
  };
  const decode = (text: string): string => {
    expect(text).not.toMatch(/[<>]|&(?!(lt|gt|amp|quot|#10);)/);
    return text.replaceAll(/&([^;]+);/g, (_, name: string) => names[name] ?? '');
  };
  const parseElement = (): Element => {
    const [, name = ''] = take(/<([\w-]+)/);
    const attributes: Record<string, string> = {};
    while (/\s/.test(xml[at] ?? '')) {
      const [, key = '', value = ''] = take(/ ([\w.-]+)="([^"\n]*)"/);
      attributes[key] = decode(value);
    }
    if (take(/\/?>/)[0] === '/>') return { name, attributes, children: [] };
    const children: (Element | string)[] = [];
    while (!xml.startsWith('</', at)) {
      if (xml[at] === '<') children.push(parseElement());
      else {
        const text = decode(take(/[^<]+/)[0]);
        if (!(children.length > 0 || /^\n\s*$/.test(text))) children.push(text);
      }
    }
    expect(take(/<\/([\w-]+)>/)[1]).toBe(name);
    return { name, attributes, children };
  };
  take(/<\?xml version="1.0" encoding="UTF-8"\?>\n/);
  const root = parseElement();
  expect(xml.slice(at)).toBe('\n');
  return root;
}

describe('XML', () => {
  it('is indented, and keeps text as it is', () => {
    const tree = element('a', { x: 1, none: undefined }, [
      element('b', {}),
      element('c', { y: '"<&>"\n' }, ['<&> ]]> "\n']),
    ]);
    expect(renderXml(tree)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<a x="1">\n  <b/>\n  <c y="&quot;&lt;&amp;&gt;&quot;&#10;">&lt;&amp;&gt; ]]&gt; "\n</c>\n</a>\n',
    );
  });

  it('is well-formed and says the same, whatever text is in it', () => {
    // What XML cannot hold is shown instead: the two noncharacters as U+FFFD, control characters as printable does.
    const shown = (text: string): string => printable(text).replaceAll(/[\ufffe\uffff]/g, '\ufffd');
    const text = fc.string({ unit: 'binary' }).filter((one) => shown(one).trim() !== '');
    fc.assert(
      fc.property(text, text, (value, content) => {
        const root = parseXml(renderXml(element('a', { value }, [element('b', {}, [content])])));
        expect(root.attributes['value']).toBe(shown(value));
        expect(root.children).toEqual([{ name: 'b', attributes: {}, children: [shown(content)] }]);
      }),
    );
  });
});
