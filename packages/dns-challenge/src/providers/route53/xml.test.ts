import { expect, test } from '@jest/globals';
import { escapeXml, unescapeXml, xmlElements, xmlText } from './xml.ts';

const xml = `<?xml version="1.0"?>
<List xmlns="https://x"><Zones><Zone><Id> /z/1 </Id><Name>a.</Name></Zone><Zone>
<Id>/z/2</Id></Zone></Zones><ZoneId>no</ZoneId></List>`;

test('elements of a name are found, and not those whose names begin so', () => {
  expect(xmlElements(xml, 'Zone')).toEqual(['<Id> /z/1 </Id><Name>a.</Name>', '\n<Id>/z/2</Id>']);
  expect(xmlText(xml, 'Id')).toBe('/z/1');
  expect(xmlText(xml, 'None')).toBeUndefined();
  expect(xmlElements(xml, 'List')).toHaveLength(1);
});

test.each(['"a" <b> & \'c\'', '&amp;', 'ü', '', '&unknown; &#1114112;'])(
  '%j comes back from its escaped form',
  (text) => {
    expect(unescapeXml(escapeXml(text))).toBe(text);
  },
);

test.each([
  ['&quot;a&quot;', '"a"'],
  ['&#34;&#x22;&lt;', '""<'],
  ['&unknown; &#1114112; &', '&unknown; &#1114112; &'],
])('%s means %s', (escaped, text) => {
  expect(unescapeXml(escaped)).toBe(text);
});
